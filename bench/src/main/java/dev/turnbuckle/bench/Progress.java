package dev.turnbuckle.bench;

/** Says on the standard error stream how far it is. */
final class Progress {
    void say(String text) {
        System.err.println(text);
    }
}
