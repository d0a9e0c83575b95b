package dev.turnbuckle.jdbc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A statement over arrays, as it is written for a few elements of each: most transactions touch one row of a kind, or two.
 * The server plans a statement over plain values once and keeps the plan, one over arrays it may plan each time anew,
 * because the plan for this array is cheaper than the one for an array of unknown length; and nobody has to write texts
 * into an array and read them out of it again.
 *
 * @param columns how many values a row has
 */
record FewRows(String sql, int columns) {
    /** More go out as arrays: each number of rows is a statement of its own, which every connection prepares. */
    static final int MOST = 4;

    private static final Pattern ROWS = Pattern.compile("unnest\\((\\?::\\w+\\[](?:,\\s*\\?::\\w+\\[])*)\\)");

    /** Of constants, so there are not more than of these. */
    private static final Map<Key, FewRows> WRITTEN = new ConcurrentHashMap<>();

    private record Key(String sql, int rows) {}

    static FewRows of(String sql, int rows) {
        return WRITTEN.computeIfAbsent(new Key(sql, rows), FewRows::written);
    }

    private static FewRows written(Key key) {
        Matcher arrays = ROWS.matcher(key.sql());
        if (key.rows() == 1) {
            return new FewRows(
                    ROWS.matcher(key.sql().replace("= ANY (?)", "= ?")).replaceAll(FewRows::row), 1);
        }
        if (!arrays.find()) {
            throw new IllegalArgumentException("not a statement over arrays: " + key.sql());
        }
        String row = "(" + arrays.group(1).replace("[]", "") + ")";
        String rows = Stream.generate(() -> row).limit(key.rows()).collect(Collectors.joining(", "));
        int columns = (int) row.chars().filter(c -> c == '?').count();
        return new FewRows(arrays.replaceFirst("(VALUES " + rows + ")"), columns);
    }

    private static String row(MatchResult arrays) {
        return "(SELECT " + arrays.group(1).replace("[]", "") + ")";
    }
}
