package dev.turnbuckle.cli.chat;

/** What came of listening to the person at a console. */
public sealed interface Heard {
    record Line(String text) implements Heard {}

    /** Ctrl-C; nothing was typed that it could have meant. */
    record Interrupt() implements Heard {}

    /** Ctrl-D, or the input's end. */
    record End() implements Heard {}

    /** Nothing to act on: what was listened for is over, or a half-typed line was given up. */
    record Nothing() implements Heard {}
}
