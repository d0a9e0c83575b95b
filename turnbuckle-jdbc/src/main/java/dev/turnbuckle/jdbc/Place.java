package dev.turnbuckle.jdbc;

/** Branch and depth of an entry as one integer, its key (S14): a branch's entries are a range. */
final class Place {
    static final long MOST_DEPTH = 0xFFFF_FFFFL;
    private static final long MOST_BRANCH = Integer.MAX_VALUE;
    private static final int SHIFT = 32;

    private Place() {}

    static long of(long branch, long depth) {
        if (branch < 0 || branch > MOST_BRANCH || depth < 0 || depth > MOST_DEPTH) {
            throw new IllegalStateException("no entry can be at (" + branch + ", " + depth + ")");
        }
        return branch << SHIFT | depth;
    }

    static long branch(long id) {
        return id >>> SHIFT;
    }

    static long depth(long id) {
        return id & MOST_DEPTH;
    }
}
