package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import java.io.IOException;
import java.util.Objects;

/**
 * Moves the write-ahead log into the database, on a thread and connection of its own, off the commit path (S34).
 * Passive first: it copies while others write. When writers were so busy that it could not reach the log's end, a second
 * pass takes the write lock for the little that is left, so that the next writer begins the log anew and it cannot grow
 * for ever.
 */
final class Checkpoints {
    /** Pages of log that start a checkpoint, and that are added to it before the next try (16 MiB). */
    static final int EVERY_PAGES = 4_000;

    /** How large the log's file may stay after it was begun anew. */
    static final long KEPT_BYTES = 64L << 20;

    /** Groups between two looks at the log. */
    private static final int LOOK_EVERY = 8;

    private static final String COUNT = "PRAGMA wal_checkpoint(NOOP)";
    private static final String PASSIVE = "PRAGMA wal_checkpoint(PASSIVE)";
    private static final String RESTART = "PRAGMA wal_checkpoint(RESTART)";

    private final Link link;
    private final WriteLock lock;
    private final Signal due;
    private volatile boolean closed;
    /** Of the writer's thread: the size of the log at which it asks next. */
    private int askAt = EVERY_PAGES;

    private long groups;

    Checkpoints(Link link, WriteLock lock, Environment environment) {
        this.link = link;
        this.lock = lock;
        this.due = environment.signal();
    }

    /** Pages in the log, and how many of them are in the database already. */
    private record Log(int pages, int moved) {
        static Log of(Statements sql, String pragma) {
            Log log = sql.call(pragma).first(in -> new Log(in.skip().small(), in.small()));
            return Objects.requireNonNull(log);
        }
    }

    /** After each group of the writer's, on its thread. */
    void written(Statements writer) {
        if (++groups % LOOK_EVERY != 0) {
            return;
        }
        int pages;
        try {
            pages = Log.of(writer, COUNT).pages();
        } catch (SqlFailure e) {
            return; // asked again after the next group
        }
        if (pages >= askAt) {
            askAt = pages + EVERY_PAGES;
            due.raise();
        } else if (pages >= 0 && pages < EVERY_PAGES) {
            askAt = EVERY_PAGES;
        }
    }

    /** The checkpointer's thread, until closed. */
    void run() {
        long seen = 0;
        while (!closed) {
            try {
                due.await(seen, Job.FOREVER);
            } catch (InterruptedException e) {
                continue; // it ends when it is closed
            }
            seen = due.version();
            if (!closed) {
                checkpoint();
            }
        }
    }

    private void checkpoint() {
        try {
            Log log = Log.of(link.sql(), PASSIVE);
            if (log.moved() < log.pages() || Log.of(link.sql(), COUNT).pages() > log.pages()) {
                restart();
            }
        } catch (SqlFailure | IOException e) {
            // a checkpoint is an economy: the log stays and the next one tries again; doctor shows its size
        }
    }

    private void restart() throws IOException {
        lock.acquire();
        try {
            Log.of(link.sql(), RESTART);
        } finally {
            lock.release();
        }
    }

    void close() {
        closed = true;
        due.raise();
    }
}
