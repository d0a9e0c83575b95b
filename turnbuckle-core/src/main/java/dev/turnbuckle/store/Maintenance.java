package dev.turnbuckle.store;

import java.util.List;

/** What an operator asks of a store. */
public interface Maintenance {
    /** Reclaims what deleted sessions left, at most so many rows; how many it removed (S3). */
    int reclaim(int mostRows);

    /** What it is and how it does, a line each, for people. */
    List<Finding> examine();

    record Finding(boolean ok, String subject, String text) {}
}
