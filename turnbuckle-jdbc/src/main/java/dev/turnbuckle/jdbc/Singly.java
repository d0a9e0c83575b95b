package dev.turnbuckle.jdbc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A statement over arrays, as it is written for one element of each. Most transactions touch one row of a kind, and the
 * server plans a statement over plain values once and keeps the plan; one over arrays it plans each time anew, because
 * the plan for this array is always cheaper than the one for an array of unknown length.
 */
final class Singly {
    private static final Pattern ROWS = Pattern.compile("unnest\\((\\?::\\w+\\[](?:,\\s*\\?::\\w+\\[])*)\\)");

    /** Of constants, so there are not more than of these. */
    private static final Map<String, String> WRITTEN = new ConcurrentHashMap<>();

    private Singly() {}

    static String of(String sql) {
        return WRITTEN.computeIfAbsent(sql, Singly::written);
    }

    private static String written(String sql) {
        return ROWS.matcher(sql.replace("= ANY (?)", "= ?")).replaceAll(Singly::row);
    }

    private static String row(MatchResult arrays) {
        return "(SELECT " + arrays.group(1).replace("[]", "") + ")";
    }
}
