package dev.turnbuckle.jdbc;

import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.plan.RowGroups;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lease table. */
interface SqlLeases extends RowGroups.OfLeases {
    String COLUMNS = "kind, id, worker, incarnation, token, generation, acquired, expires";

    String FIND = "SELECT " + COLUMNS + " FROM lease WHERE kind = ? AND id = ?";

    String PUT = "INSERT INTO lease (" + COLUMNS + """
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (kind, id) DO UPDATE SET worker = excluded.worker, incarnation = excluded.incarnation,
                token = excluded.token, generation = excluded.generation, acquired = excluded.acquired,
                expires = excluded.expires
            """;

    String LIVE = "SELECT " + COLUMNS + " FROM lease WHERE expires > 0";
    String HELD_BY = "SELECT COUNT(*) FROM lease WHERE expires > 0 AND incarnation = ?";

    Statements sql();

    static Lease row(Line in) {
        return row(in.text(), in);
    }

    private static Lease row(String kind, Line in) {
        return new Lease(
                new Scope(kind, in.text()),
                new Claimant(in.text(), in.text(), in.text()),
                in.number(),
                in.time(),
                in.time());
    }

    /** Of an outer join that may have found none. */
    static @Nullable Lease rowOrNull(Line in) {
        String kind = in.textOrNull();
        if (kind == null) {
            in.skip(COLUMNS.split(",").length - 1);
            return null;
        }
        return row(kind, in);
    }

    @Override
    default @Nullable Lease lease(Scope scope) {
        return sql().call(FIND).text(scope.kind()).text(scope.id()).first(SqlLeases::row);
    }

    @Override
    default void putLease(Lease lease) {
        sql().call(PUT)
                .text(lease.scope().kind())
                .text(lease.scope().id())
                .text(lease.holder().worker())
                .text(lease.holder().incarnation())
                .text(lease.holder().token())
                .number(lease.generation())
                .time(lease.acquiredAt())
                .time(lease.expiresAt())
                .updateOne();
    }

    @Override
    default List<Lease> liveLeases() {
        return sql().call(LIVE).all(SqlLeases::row);
    }

    /** Whether a row that is not released names this opening of the store. */
    default boolean holdsLeases(String incarnation) {
        Long held = sql().call(HELD_BY).text(incarnation).first(Line::number);
        return held != null && held > 0;
    }
}
