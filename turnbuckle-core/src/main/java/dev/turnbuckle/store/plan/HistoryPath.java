package dev.turnbuckle.store.plan;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.Commit.Position;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionRow.Head;
import dev.turnbuckle.store.SessionStore.From;
import dev.turnbuckle.store.plan.RowGroups.OfHistory.Branch;
import dev.turnbuckle.store.plan.RowGroups.OfHistory.Compaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The active path over branches (S14 to S16, S20). A depth counts from the root, across branches. */
final class HistoryPath {
    private HistoryPath() {}

    /** One branch's share of a path, both ends inclusive. */
    private record Range(long branch, long from, long to) {}

    static List<Entry> read(Rows rows, Head head, From from) {
        return switch (from) {
            case From.Root root -> slice(rows, head, 1);
            case From.Depth depth -> slice(rows, head, Math.max(1, depth.depth()));
            case From.NewestCompaction newest -> compacted(rows, head);
        };
    }

    private static List<Entry> slice(Rows rows, Head head, long from) {
        var entries = new ArrayList<Entry>();
        for (Range range : ranges(rows, head, from)) {
            entries.addAll(rows.entries(range.branch(), range.from(), range.to()));
        }
        return entries;
    }

    private static List<Entry> compacted(Rows rows, Head head) {
        for (Range range : ranges(rows, head, 1).reversed()) {
            Compaction c = rows.compaction(range.branch(), range.to());
            if (c != null && c.depth() >= range.from()) {
                var entries = new ArrayList<>(rows.entries(range.branch(), c.depth(), c.depth()));
                slice(rows, head, c.keepsFrom()).stream()
                        .filter(e -> e.depth() != c.depth())
                        .forEach(entries::add);
                return entries;
            }
        }
        return slice(rows, head, 1);
    }

    /** Root to head; only what reaches depth {@code from}. */
    private static List<Range> ranges(Rows rows, Head head, long from) {
        Deque<Range> ranges = new ArrayDeque<>();
        long branch = head.branch();
        long to = head.depth();
        while (branch != 0 && to >= from) {
            Branch row = branchOf(rows, branch);
            long first = row.parentDepth() + 1;
            if (to >= first) {
                ranges.addFirst(new Range(branch, Math.max(first, from), to));
            }
            to = Math.min(to, row.parentDepth());
            branch = row.parentBranch();
        }
        return new ArrayList<>(ranges);
    }

    private static Branch branchOf(Rows rows, long id) {
        Branch branch = rows.branch(id);
        if (branch == null) {
            throw new IllegalStateException("branch " + id + " is missing");
        }
        return branch;
    }

    static boolean onPath(Rows rows, Head head, Position position) {
        return ranges(rows, head, 1).stream()
                .anyMatch(r ->
                        r.branch() == position.branch() && r.from() <= position.depth() && position.depth() <= r.to());
    }

    /** Appends at the base; anywhere but at a branch's end opens a new one (S14). The revision is the caller's. */
    static Head append(
            Rows rows,
            SessionRow session,
            Commit.History history,
            TurnId turn,
            List<String> messages,
            List<String> hashes) {
        Head base = base(rows, session, history.base());
        if (messages.isEmpty()) {
            return base;
        }
        long branch = branchAt(rows, session.id(), base);
        long depth = base.depth();
        String chain = base.chain();
        for (int i = 0; i < messages.size(); i++) {
            depth++;
            chain = CommitPlan.chain(chain, hashes.get(i));
            rows.insertEntry(branch, depth, turn, messages.get(i), chain);
        }
        rows.updateNextDepth(branch, depth + 1);
        Long keepsFrom = history.compaction();
        if (keepsFrom != null) {
            if (keepsFrom < 1 || keepsFrom > base.depth() + 1) {
                throw new InvalidInputException(
                        "a compaction keeps from a depth between 1 and " + (base.depth() + 1) + ", not " + keepsFrom);
            }
            rows.insertCompaction(branch, base.depth() + 1, keepsFrom);
        }
        return new Head(base.revision(), branch, depth, chain, base.checkpoint());
    }

    /**
     * A head moves only within its own lineage (S15).
     *
     * @throws InvalidInputException naming the entry
     */
    static void requireLineage(Rows rows, SessionRow session, @Nullable Position position) {
        base(rows, session, position);
    }

    private static Head base(Rows rows, SessionRow session, @Nullable Position position) {
        Head head = session.head();
        if (position == null || (position.branch() == head.branch() && position.depth() == head.depth())) {
            return head;
        }
        if (position.equals(Position.ROOT)) {
            return new Head(head.revision(), 0, 0, Hash.NONE, head.checkpoint());
        }
        Branch branch = rows.branch(position.branch());
        boolean own = branch != null && (branch.session().equals(session.id()) || onPath(rows, head, position));
        List<Entry> at = own ? rows.entries(position.branch(), position.depth(), position.depth()) : List.of();
        if (at.isEmpty()) {
            throw new InvalidInputException("entry (" + position.branch() + ", " + position.depth()
                    + ") is not of the lineage of session \"" + session.id() + "\"; a head moves only within it");
        }
        return new Head(
                head.revision(),
                position.branch(),
                position.depth(),
                at.getFirst().chain(),
                head.checkpoint());
    }

    private static long branchAt(Rows rows, String session, Head base) {
        Branch branch = base.branch() == 0 ? null : branchOf(rows, base.branch());
        boolean atEnd = branch != null && branch.session().equals(session) && branch.nextDepth() == base.depth() + 1;
        return atEnd ? base.branch() : rows.insertBranch(session, base.branch(), base.depth(), base.depth() + 1);
    }
}
