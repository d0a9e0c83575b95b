package dev.turnbuckle.testkit;

import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.testkit.RecordedCall.Answer;
import dev.turnbuckle.testkit.RecordedCall.Asked;
import dev.turnbuckle.testkit.RecordedCall.Failed;
import dev.turnbuckle.testkit.RecordedCall.Told;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Another model, with every answer and every {@link ModelFailure} written to a {@link Cassette} before its end is passed
 * on; made by {@link Cassette#recording}. Deltas are passed on as they come. A call that is interrupted, or that ends in
 * any other way, is not recorded: it has no answer. Thread-safe.
 */
public final class RecordingModel implements Model {
    private final Model model;
    private final Tape tape;
    private final boolean evenRefusals;

    /** @param evenRefusals whether a cassette may begin with a failure that is about the key of who records */
    RecordingModel(Model model, Tape tape, boolean evenRefusals) {
        this.model = model;
        this.tape = tape;
        this.evenRefusals = evenRefusals;
    }

    @Override
    public ModelSpec spec() {
        return model.spec();
    }

    /**
     * @throws dev.turnbuckle.error.StorageException when the cassette cannot be written
     * @throws dev.turnbuckle.error.InvalidInputException when it would grow over its bound
     * @throws dev.turnbuckle.error.WiringException when somebody else writes it too
     */
    @Override
    public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
        int place = tape.begin();
        var heard = new Heard(events);
        try {
            model.stream(request, heard);
        } catch (ModelFailure failure) {
            record(place, request, heard, failure);
            throw failure;
        }
        ModelEvent.Completed completed = heard.completed;
        if (completed != null) {
            record(place, request, new Told(heard.deltas.runs(), completed));
            events.accept(completed);
        }
    }

    private void record(int place, ModelRequest request, Heard heard, ModelFailure failure) {
        if (failure.kind() == ModelFailure.Kind.AUTH && tape.isBlank() && !evenRefusals) {
            return;
        }
        try {
            record(place, request, new Failed(heard.deltas.runs(), failure));
        } catch (TurnbuckleException e) {
            e.addSuppressed(failure);
            throw e;
        }
    }

    private void record(int place, ModelRequest request, Answer answer) {
        tape.record(place, new RecordedCall(tape.form().request(Asked.of(request)), answer));
    }

    /** Passes on what is streamed, and keeps it; the end is kept back until it is on disk. */
    private final class Heard implements Consumer<ModelEvent> {
        private final Consumer<ModelEvent> events;
        private final Deltas deltas = new Deltas();
        private ModelEvent.@Nullable Completed completed;

        Heard(Consumer<ModelEvent> events) {
            this.events = events;
        }

        @Override
        public void accept(ModelEvent event) {
            if (event instanceof ModelEvent.Completed c) {
                completed = c;
                return;
            }
            deltas.add(event);
            if (!tape.hasRoomFor(deltas.chars())) {
                throw tape.tooLarge();
            }
            events.accept(event);
        }
    }

    @Override
    public String toString() {
        return "recording of " + model.spec().name();
    }
}
