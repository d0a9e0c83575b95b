package dev.turnbuckle.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction is going to write. Rows of one kind become one statement, so the number of statements depends on
 * the kinds and not on the rows; a row that is written twice goes out as it is in the end. Statements on the same row keep
 * their order.
 */
final class Outgoing {
    private final List<Group<?>> groups = new ArrayList<>();

    /** What must be true of the number of rows that a statement changed. */
    enum Count {
        ANY,
        /** All, by what is locked; anything else is a bug. */
        ALL,
        /** All, unless somebody made or changed a row that nobody can lock; then the transaction is run again. */
        ALL_OR_CONTENDED
    }

    private enum Reach {
        /** Each statement takes one row. */
        ROW,
        /** One statement takes many rows, each by its key. */
        ROWS,
        /** One statement takes whatever rows it finds. */
        FOUND
    }

    /** A statement with what it binds; kinds of one table have keys of one type. */
    record Kind<R>(String table, String sql, Reach reach, Count count, BiConsumer<Call, List<R>> bind) {
        static <R> Kind<R> one(String table, String sql, Count count, BiConsumer<Call, R> bind) {
            return new Kind<>(table, sql, Reach.ROW, count, (call, rows) -> bind.accept(call, rows.getFirst()));
        }

        static <R> Kind<R> many(String table, String sql, Count count, BiConsumer<Call, List<R>> bind) {
            return new Kind<>(table, sql, Reach.ROWS, count, bind);
        }

        static <R> Kind<R> found(String table, String sql, BiConsumer<Call, R> bind) {
            return new Kind<>(table, sql, Reach.FOUND, Count.ANY, (call, rows) -> bind.accept(call, rows.getFirst()));
        }

        boolean many() {
            return reach == Reach.ROWS;
        }
    }

    private record Group<R>(Kind<R> kind, Map<Object, R> rows) {
        void addTo(Batch batch) {
            List<R> all = List.copyOf(rows.values());
            batch.write(
                    kind.sql(),
                    kind.many() && all.size() <= FewRows.MOST ? all.size() : 0,
                    call -> kind.bind().accept(call, all),
                    this::counted);
        }

        boolean touches(String table, Object key) {
            return kind.table().equals(table) && (kind.reach() == Reach.FOUND || rows.containsKey(key));
        }

        private void counted(int changed) {
            if (kind.count() == Count.ANY || changed == rows.size()) {
                return;
            }
            if (kind.count() == Count.ALL_OR_CONTENDED) {
                throw new Contended("a row of " + kind.table());
            }
            throw new IllegalStateException("changed " + changed + " rows instead of " + rows.size() + ": "
                    + kind.sql().strip());
        }
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    /** Whether nobody else can make any of it change fewer rows than it names. */
    boolean isCertain() {
        return groups.stream().noneMatch(g -> g.kind().count() == Count.ALL_OR_CONTENDED);
    }

    /** @param key what tells the row from others of its table; many rows are written in its order */
    <R, K extends Comparable<K>> void add(Kind<R> kind, K key, R row) {
        group(kind, key).rows().put(key, row);
    }

    /** As {@link #add}, but of two rows with one key the first is written. */
    <R, K extends Comparable<K>> void addOnce(Kind<R> kind, K key, R row) {
        group(kind, key).rows().putIfAbsent(key, row);
    }

    private <R> Group<R> group(Kind<R> kind, Object key) {
        Group<R> group = kind.many() ? openGroup(kind, key) : null;
        if (group == null) {
            group = new Group<>(kind, new TreeMap<>());
            groups.add(group);
        }
        return group;
    }

    /** A group of this kind that no statement on the same row follows. */
    @SuppressWarnings("unchecked") // a kind's group has its type
    private <R> @Nullable Group<R> openGroup(Kind<R> kind, Object key) {
        for (Group<?> group : groups.reversed()) {
            if (group.kind().equals(kind)) {
                return (Group<R>) group;
            }
            if (group.touches(kind.table(), key)) {
                return null;
            }
        }
        return null;
    }

    void drainTo(Batch batch) {
        groups.forEach(g -> g.addTo(batch));
        groups.clear();
    }
}
