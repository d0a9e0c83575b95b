package dev.turnbuckle.cli.demo;

import java.nio.file.Path;

/** The files of one demo, kept for whoever wants to look. */
public record DemoFolder(Path path) {
    static final String SESSION = "demo";
    static final String AGENT = "shop";

    Path database() {
        return path.resolve("agents.db");
    }

    /** A line for each charge: the outside world, which no transaction of ours can take back. */
    Path ledger() {
        return path.resolve("ledger.txt");
    }

    /** A file for each booking, named by its idempotency key. */
    Path bookings() {
        return path.resolve("bookings");
    }

    /** What the workers ran and recalled. */
    Path effects() {
        return path.resolve("effects.jsonl");
    }

    /** What the workers wrote to their standard error. */
    Path log() {
        return path.resolve("workers.log");
    }
}
