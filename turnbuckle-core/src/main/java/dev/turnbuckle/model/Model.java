package dev.turnbuckle.model;

import java.util.function.Consumer;

/** A language model: one blocking call that streams. Thread-safe; called on a task of its own. */
public interface Model {
    ModelSpec spec();

    /**
     * Streams the answer to {@code events} on the calling thread and returns after {@link ModelEvent.Completed}. A
     * turn that is cancelled interrupts the calling thread; what is emitted afterwards is ignored.
     *
     * @throws ModelFailure when there is no answer
     */
    void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException;
}
