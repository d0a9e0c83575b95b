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
    String FIND_BRANCH = "SELECT id, session, parent_branch, parent_depth, next_depth FROM branch WHERE id = ?";
    String UPDATE_NEXT_DEPTH = "UPDATE branch SET next_depth = ? WHERE id = ? AND next_depth <= ?";

    String INSERT_ENTRY = """
            INSERT INTO entry (branch, depth, turn, message, chain) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """;
    String ENTRIES = """
            SELECT branch, depth, turn, message, chain FROM entry
            WHERE branch = ? AND depth BETWEEN ? AND ?
            ORDER BY depth
            """;

    String INSERT_COMPACTION = """
            INSERT INTO compaction (branch, depth, keeps_from) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
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
                .number(id)
                .first(in -> new Branch(in.number(), in.text(), in.number(), in.number(), in.number()));
    }

    @Override
    default void updateNextDepth(long branch, long nextDepth) {
        sql().call(UPDATE_NEXT_DEPTH)
                .number(nextDepth)
                .number(branch)
                .number(nextDepth)
                .updateOne();
    }

    @Override
    default void insertEntry(long branch, long depth, TurnId turn, String message, String chain) {
        sql().call(INSERT_ENTRY)
                .number(branch)
                .number(depth)
                .text(turn.value())
                .text(message)
                .text(chain)
                .updateOne();
    }

    @Override
    default List<Entry> entries(long branch, long from, long to) {
        return sql().call(ENTRIES).number(branch).number(from).number(to).all(SqlHistory::entry);
    }

    private static Entry entry(Line in) {
        return new Entry(
                in.number(), in.number(), new TurnId(in.text()), Json.read(in.text(), Message.class), in.text());
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
