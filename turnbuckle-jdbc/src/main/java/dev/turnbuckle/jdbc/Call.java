package dev.turnbuckle.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One held statement: its parameters are bound in order, then it runs. */
final class Call {
    private final Statements owner;
    private final String sql;
    private final PreparedStatement statement;
    private int bound;

    Call(Statements owner, String sql, PreparedStatement statement) {
        this.owner = owner;
        this.sql = sql;
        this.statement = statement;
    }

    Call again() {
        bound = 0;
        return this;
    }

    Call text(@Nullable String value) {
        try {
            statement.setString(++bound, value);
        } catch (SQLException e) {
            throw failed(e);
        }
        return this;
    }

    Call number(long value) {
        try {
            statement.setLong(++bound, value);
        } catch (SQLException e) {
            throw failed(e);
        }
        return this;
    }

    Call numberOrNull(@Nullable Long value) {
        return value == null ? none() : number(value);
    }

    private Call none() {
        try {
            statement.setNull(++bound, Types.BIGINT);
        } catch (SQLException e) {
            throw failed(e);
        }
        return this;
    }

    Call time(Instant value) {
        return number(Micros.of(value));
    }

    Call timeOrNull(@Nullable Instant value) {
        return value == null ? none() : time(value);
    }

    Call bytes(byte[] value) {
        try {
            statement.setBytes(++bound, value);
        } catch (SQLException e) {
            throw failed(e);
        }
        return this;
    }

    void run() {
        try {
            statement.execute();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Runs it; how many rows changed. */
    int update() {
        try {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** For a row that must be there, or must not be there yet: anything but one changed row is a bug. */
    void updateOne() {
        int changed = update();
        if (changed != 1) {
            throw new IllegalStateException("changed " + changed + " rows instead of one: " + sql.strip());
        }
    }

    <T> @Nullable T first(Function<Line, T> read) {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? read.apply(new Line(rows)) : null;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    <T> List<T> all(Function<Line, T> read) {
        return some(read, row -> true, Integer.MAX_VALUE);
    }

    /** Reads on until so many rows are wanted. */
    <T> List<T> some(Function<Line, T> read, Predicate<T> wanted, int most) {
        var found = new ArrayList<T>();
        try (ResultSet rows = statement.executeQuery()) {
            var line = new Line(rows);
            while (found.size() < most && rows.next()) {
                T row = read.apply(line.again());
                if (wanted.test(row)) {
                    found.add(row);
                }
            }
            return found;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** The driver finalizes some statements that failed; the next use prepares it anew. */
    private SqlFailure failed(SQLException e) {
        owner.forget(sql);
        try {
            statement.close();
        } catch (SQLException alsoThis) {
            e.addSuppressed(alsoThis);
        }
        return new SqlFailure(e);
    }
}
