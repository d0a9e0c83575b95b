package dev.turnbuckle.jdbc;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.UsageRow;
import dev.turnbuckle.store.plan.RowGroups;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Branches, entries, compactions, usage. */
interface SqlHistory extends RowGroups.OfHistory {
    String INSERT_BRANCH = """
            INSERT INTO branch (session, parent_branch, parent_depth, next_depth) VALUES (?, ?, ?, ?) RETURNING id
            """;
    String FIND_BRANCH = """
            SELECT id, session, parent_branch, parent_depth, next_depth,
                (SELECT COALESCE(MAX(id), 0) FROM entry WHERE id BETWEEN ? AND ?)
            FROM branch WHERE id = ?
            """;

    String INSERT_ENTRY = """
            INSERT INTO entry (id, turn, message, chain) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
            """;
    String ENTRIES = """
            SELECT id, turn, message, chain FROM entry WHERE id BETWEEN ? AND ? ORDER BY id
            """;

    String INSERT_COMPACTION = """
            INSERT INTO compaction (branch, depth, keeps_from) VALUES (?, ?, ?)
            """;
    String NEWEST_COMPACTION = """
            SELECT depth, keeps_from FROM compaction WHERE branch = ? AND depth <= ? ORDER BY depth DESC LIMIT 1
            """;

    String INSERT_USAGE = """
            INSERT INTO token_usage (session, turn, ordinal, source, model,
                input, cache_read, cache_write, output, reasoning)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;
    /** A sum of nothing but NULL is NULL: absent is not zero (S32). */
    String SUM_USAGE = """
            SELECT SUM(input), SUM(cache_read), SUM(cache_write), SUM(output), SUM(reasoning)
            FROM token_usage WHERE session = ?
            """;

    Statements sql();

    @Override
    default long insertBranch(String session, long parentBranch, long parentDepth, long nextDepth) {
        Long id = sql().call(INSERT_BRANCH)
                .text(session)
                .number(parentBranch)
                .number(parentDepth)
                .number(nextDepth)
                .first(Line::number);
        return Objects.requireNonNull(id);
    }

    @Override
    default @Nullable Branch branch(long id) {
        return sql().call(FIND_BRANCH)
                .number(Place.of(id, 0))
                .number(Place.of(id, Place.MOST_DEPTH))
                .number(id)
                .first(SqlHistory::branch);
    }

    static Branch branch(Line in) {
        return branch(in.number(), in);
    }

    /** Of an outer join that may have found none. */
    static @Nullable Branch branchOrNull(Line in) {
        Long id = in.numberOrNull();
        return id == null ? null : branch(id, in);
    }

    private static Branch branch(long id, Line in) {
        return new Branch(id, in.text(), in.number(), in.number(), Math.max(in.number(), Place.depth(in.number()) + 1));
    }

    /** Nothing to write: the entry before it says so. */
    @Override
    default void updateNextDepth(long branch, long nextDepth) {}

    @Override
    default void insertEntry(long branch, long depth, TurnId turn, String message, String chain) {
        sql().call(INSERT_ENTRY)
                .number(Place.of(branch, depth))
                .text(turn.value())
                .text(message)
                .text(chain)
                .updateOne();
    }

    @Override
    default List<Entry> entries(long branch, long from, long to) {
        return sql().call(ENTRIES)
                .number(Place.of(branch, Math.max(from, 0)))
                .number(Place.of(branch, Math.min(to, Place.MOST_DEPTH)))
                .all(SqlHistory::entry);
    }

    private static Entry entry(Line in) {
        long id = in.number();
        return new Entry(
                Place.branch(id),
                Place.depth(id),
                new TurnId(in.text()),
                Json.read(in.text(), Message.class),
                in.text());
    }

    @Override
    default void insertCompaction(long branch, long depth, long keepsFrom) {
        sql().call(INSERT_COMPACTION)
                .number(branch)
                .number(depth)
                .number(keepsFrom)
                .updateOne();
    }

    @Override
    default @Nullable Compaction compaction(long branch, long atMostDepth) {
        return sql().call(NEWEST_COMPACTION)
                .number(branch)
                .number(atMostDepth)
                .first(in -> new Compaction(in.number(), in.number()));
    }

    @Override
    default void insertUsage(String session, UsageRow row) {
        var usage = row.usage();
        sql().call(INSERT_USAGE)
                .text(session)
                .text(row.turn().value())
                .number(row.ordinal())
                .text(row.source())
                .text(row.model())
                .numberOrNull(usage.input())
                .numberOrNull(usage.cacheRead())
                .numberOrNull(usage.cacheWrite())
                .numberOrNull(usage.output())
                .numberOrNull(usage.reasoning())
                .update();
    }

    @Override
    default Usage usage(String session) {
        Usage sum = sql().call(SUM_USAGE).text(session).first(SqlHistory::sum);
        return Objects.requireNonNull(sum);
    }

    private static Usage sum(Line in) {
        return new Usage(in.numberOrNull(), in.numberOrNull(), in.numberOrNull(), in.numberOrNull(), in.numberOrNull());
    }
}
