package dev.turnbuckle.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One statement: its parameters are bound in order, then it runs. Where the driver allows it, it may be several that go to
 * the server together; the parameters of all stand one after the other.
 */
final class Call {
    private final Statements owner;
    private final String sql;
    private final PreparedStatement statement;
    private final int skipped;
    private int bound;
    private int few;
    private int columns;
    private int column;

    /** @param skipped how many statements go first, whose results are nobody's */
    Call(Statements owner, String sql, PreparedStatement statement, int skipped) {
        this.owner = owner;
        this.sql = sql;
        this.statement = statement;
        this.skipped = skipped;
    }

    Call again() {
        bound = 0;
        return this;
    }

    /**
     * How the next parameters with many values are bound: as arrays, or as so many rows of plain values, as {@link FewRows}
     * writes them.
     *
     * @param few 0 for arrays
     */
    Call rows(int few, int columns) {
        this.few = few;
        this.columns = columns;
        this.column = 0;
        return this;
    }

    Call text(@Nullable String value) {
        try {
            statement.setString(++bound, value == null ? null : owner.form().written(value));
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

    /** One parameter with many texts. */
    Call texts(Collection<? extends @Nullable String> values) {
        return texts(values, value -> value);
    }

    Call numbers(Collection<? extends @Nullable Long> values) {
        return numbers(values, value -> value);
    }

    /** One column of many rows. */
    <R extends @Nullable Object> Call texts(
            Collection<? extends R> rows, Function<? super R, @Nullable String> column) {
        if (few > 0) {
            return each(rows, row -> text(column.apply(row)));
        }
        var texts = new @Nullable String[rows.size()];
        int i = 0;
        for (R row : rows) {
            String text = column.apply(row);
            texts[i++] = text == null ? null : owner.form().written(text);
        }
        return array("text", texts);
    }

    <R extends @Nullable Object> Call numbers(
            Collection<? extends R> rows, Function<? super R, @Nullable Long> column) {
        if (few > 0) {
            return each(rows, row -> numberOrNull(column.apply(row)));
        }
        var numbers = new @Nullable Long[rows.size()];
        int i = 0;
        for (R row : rows) {
            numbers[i++] = column.apply(row);
        }
        return array("bigint", numbers);
    }

    <R> Call bytes(Collection<? extends R> rows, Function<? super R, byte[]> column) {
        return few > 0
                ? each(rows, row -> bytes(column.apply(row)))
                : array("bytea", rows.stream().map(column).toArray(byte[][]::new));
    }

    /** The next column: its parameters stand as far apart as a row is wide. */
    private <R extends @Nullable Object> Call each(Collection<? extends R> rows, Consumer<? super R> bind) {
        if (rows.size() != few) {
            throw new IllegalStateException(rows.size() + " values where the statement takes " + few);
        }
        if (few == 1) {
            rows.forEach(bind);
            return this;
        }
        int first = bound - column;
        int row = 0;
        for (R value : rows) {
            bound = first + row++ * columns + column;
            bind.accept(value);
        }
        column++;
        bound = column == columns ? first + few * columns : first + column;
        return this;
    }

    private Call array(String type, @Nullable Object[] values) {
        try {
            statement.setArray(++bound, statement.getConnection().createArrayOf(type, values));
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
            int count = skipped == 0 ? statement.executeUpdate() : skippingTo();
            owner.changed();
            return count;
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

    private int skippingTo() throws SQLException {
        statement.execute();
        for (int i = 0; i < skipped; i++) {
            statement.getMoreResults();
        }
        return statement.getUpdateCount();
    }

    private ResultSet query() throws SQLException {
        if (skipped == 0) {
            return statement.executeQuery();
        }
        skippingTo();
        return statement.getResultSet();
    }

    /** What comes back of one of several statements. */
    interface Part {
        void rows(Lines lines);

        void changed(int count);
    }

    /** The rows of one result, one after the other. */
    interface Lines {
        /** @return null after the last one */
        @Nullable Line next();
    }

    /** Runs all of them; each part is given what its statement left. */
    void each(List<? extends Part> parts) {
        try {
            boolean isRows = statement.execute();
            for (int i = 0; i < skipped; i++) {
                isRows = statement.getMoreResults();
            }
            for (Part part : parts) {
                if (isRows) {
                    part.rows(lines(statement.getResultSet()));
                } else {
                    part.changed(statement.getUpdateCount());
                }
                isRows = statement.getMoreResults();
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private Lines lines(ResultSet rows) {
        var line = new Line(rows, owner.form());
        return () -> {
            try {
                return rows.next() ? line.again() : null;
            } catch (SQLException e) {
                throw new SqlFailure(e);
            }
        };
    }

    /** What cannot be closed goes with its connection. */
    void close() {
        try {
            statement.close();
        } catch (SQLException e) {
            // nothing is asked of it any more
        }
    }

    <T> @Nullable T first(Function<Line, T> read) {
        try (ResultSet rows = query()) {
            return rows.next() ? read.apply(new Line(rows, owner.form())) : null;
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
        try (ResultSet rows = query()) {
            var line = new Line(rows, owner.form());
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
