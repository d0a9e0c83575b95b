package dev.turnbuckle.jdbc;

import dev.turnbuckle.store.plan.RowGroups;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Removes what deleted sessions left (S3), in steps: each call is bounded and says how many rows it removed, and a kill
 * between two of them loses nothing but the time.
 *
 * <p>A branch goes only when no branch grows from it, leaves first. A living session's own branches are never touched,
 * and its whole lineage hangs from them, so what it can reach stays, also through deleted sessions in between.
 */
interface SqlReclaim extends RowGroups.OfSessions {
    /** How many tombstones one call looks at; some keep a branch for a long time. */
    int SESSIONS_A_CALL = 64;

    String BURIED = "SELECT id FROM session WHERE deleted = 1 AND id > ? ORDER BY id LIMIT ?";
    String EMPTIED = "UPDATE session SET deleted = 2 WHERE id = ? AND deleted = 1";

    String JOURNAL = """
            DELETE FROM journal WHERE (session, turn, effect) IN
                (SELECT session, turn, effect FROM journal WHERE session = ? LIMIT ?)
            """;
    String USAGE = """
            DELETE FROM token_usage WHERE (session, turn, ordinal, source, model) IN
                (SELECT session, turn, ordinal, source, model FROM token_usage WHERE session = ? LIMIT ?)
            """;
    String TURNS = """
            DELETE FROM turn WHERE ordinal IN (SELECT ordinal FROM turn WHERE session = ? LIMIT ?)
            """;

    String BRANCHES = "SELECT id FROM branch WHERE session = ? ORDER BY id DESC";
    String GROWN_FROM = "SELECT 1 FROM branch WHERE parent_branch = ? AND parent_branch > 0 LIMIT 1";
    String ENTRIES = """
            DELETE FROM entry WHERE id IN (SELECT id FROM entry WHERE id BETWEEN ? AND ? LIMIT ?)
            """;
    String COMPACTIONS = """
            DELETE FROM compaction WHERE (branch, depth) IN
                (SELECT branch, depth FROM compaction WHERE branch = ? LIMIT ?)
            """;
    String BRANCH = "DELETE FROM branch WHERE id = ?";

    Statements sql();

    /** Finds the next tombstone whose rows are still there. */
    default String buried() {
        return BURIED;
    }

    @Override
    default int reclaim(int most) {
        int removed = 0;
        String after = "";
        for (int looked = 0; looked < SESSIONS_A_CALL && removed < most; looked++) {
            String id = sql().call(buried()).text(after).number(1).first(Line::text);
            if (id == null) {
                return removed;
            }
            removed += reclaim(id, most - removed);
            after = id;
        }
        return removed;
    }

    private int reclaim(String session, int most) {
        int removed = 0;
        for (String rows : List.of(JOURNAL, USAGE, TURNS)) {
            removed += delete(rows, call -> call.text(session), most - removed);
        }
        boolean kept = false;
        for (long branch : sql().call(BRANCHES).text(session).all(Line::number)) {
            if (sql().call(GROWN_FROM).number(branch).first(Line::number) != null) {
                kept = true;
            } else {
                removed += reclaimBranch(branch, most - removed);
            }
        }
        if (removed < most && !kept) {
            sql().call(EMPTIED).text(session).updateOne();
        }
        return removed;
    }

    private int reclaimBranch(long branch, int most) {
        int removed = delete(
                ENTRIES, call -> call.number(Place.of(branch, 0)).number(Place.of(branch, Place.MOST_DEPTH)), most);
        removed += delete(COMPACTIONS, call -> call.number(branch), most - removed);
        if (removed < most) {
            removed += sql().call(BRANCH).number(branch).update();
        }
        return removed;
    }

    private int delete(String rows, UnaryOperator<Call> of, int most) {
        return most <= 0 ? 0 : of.apply(sql().call(rows)).number(most).update();
    }
}
