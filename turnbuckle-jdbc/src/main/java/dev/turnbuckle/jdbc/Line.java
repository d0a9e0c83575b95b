package dev.turnbuckle.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The current row of a result, its columns read in order. */
final class Line {
    private final ResultSet rows;
    private final Form form;
    private int read;

    Line(ResultSet rows, Form form) {
        this.rows = rows;
        this.form = form;
    }

    Line again() {
        read = 0;
        return this;
    }

    Line skip() {
        return skip(1);
    }

    Line skip(int columns) {
        read += columns;
        return this;
    }

    String text() {
        return Objects.requireNonNull(textOrNull());
    }

    @Nullable String textOrNull() {
        try {
            String text = rows.getString(++read);
            return text == null ? null : form.read(text);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    long number() {
        try {
            return rows.getLong(++read);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    boolean yes() {
        try {
            return rows.getBoolean(++read);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    int small() {
        return Math.toIntExact(number());
    }

    @Nullable Long numberOrNull() {
        try {
            long value = rows.getLong(++read);
            return value == 0 && rows.wasNull() ? null : Long.valueOf(value);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    Instant time() {
        return Micros.instant(number());
    }

    @Nullable Instant timeOrNull() {
        Long micros = numberOrNull();
        return micros == null ? null : Micros.instant(micros);
    }

    <E extends Enum<E>> E name(Class<E> type) {
        return Enum.valueOf(type, text());
    }

    byte[] bytes() {
        try {
            return Objects.requireNonNull(rows.getBytes(++read));
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }
}
