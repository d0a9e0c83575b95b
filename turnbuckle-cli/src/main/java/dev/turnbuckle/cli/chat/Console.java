package dev.turnbuckle.cli.chat;

import dev.turnbuckle.cli.out.Piece;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A person's screen and keyboard, or what stands for them. {@link #show} may be called by any thread, the rest by one. */
public interface Console extends AutoCloseable {
    /** What is asked for, which decides the words before the cursor. */
    enum Prompt {
        YOU("you ▸ "),
        STEER("steer ▸ "),
        ANSWER("  ▸ "),
        EDIT("  arguments ▸ ");

        final String text;

        Prompt(String text) {
            this.text = text;
        }
    }

    /** Shows it at once, above a line that is being typed. */
    void show(List<Piece> pieces);

    /**
     * Waits for a line.
     *
     * @param draft stands there to be changed
     */
    Heard ask(Prompt prompt, String draft);

    /** Waits for a line as long as there is something to wait for. Nothing is shown before somebody types. */
    Heard listen(BooleanSupplier busy);

    /** Whether somebody can see what is shown before answering; otherwise each line waits for its turn. */
    boolean interactive();

    @Override
    void close();
}
