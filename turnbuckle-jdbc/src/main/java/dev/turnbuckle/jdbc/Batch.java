package dev.turnbuckle.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Statements that go to the server together and whose results come back together: one round trip. */
final class Batch {
    private record Step(Consumer<Call> bind, int few, int columns) {}

    private final List<String> statements = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Call.Part> parts = new ArrayList<>();

    /** @param each is given every row, as it comes */
    <T> Batch read(String sql, Consumer<Call> bind, Function<Line, T> row, Consumer<? super T> each) {
        return read(sql, false, bind, row, each);
    }

    /** @param singly whether its parameters with many values have one each */
    <T> Batch read(String sql, boolean singly, Consumer<Call> bind, Function<Line, T> row, Consumer<? super T> each) {
        return add(sql, singly ? 1 : 0, bind, new Reading<>(row, each));
    }

    /** @param counted is told how many rows changed */
    Batch write(String sql, Consumer<Call> bind, IntConsumer counted) {
        return write(sql, 0, bind, counted);
    }

    /** @param few how many rows its parameters with many values have, if they are few; else 0 */
    Batch write(String sql, int few, Consumer<Call> bind, IntConsumer counted) {
        return add(sql, few, bind, new Writing(counted));
    }

    private Batch add(String sql, int few, Consumer<Call> bind, Call.Part part) {
        FewRows written = few == 0 ? null : FewRows.of(sql, few);
        statements.add(written == null ? sql : written.sql());
        steps.add(new Step(bind, few, written == null ? 0 : written.columns()));
        parts.add(part);
        return this;
    }

    void run(Statements sql) {
        if (steps.isEmpty()) {
            return;
        }
        Call call = sql.together(statements);
        for (Step step : steps) {
            step.bind().accept(call.rows(step.few(), step.columns()));
        }
        call.each(parts);
        statements.clear();
        steps.clear();
        parts.clear();
    }

    private record Reading<T>(Function<Line, T> row, Consumer<? super T> each) implements Call.Part {
        @Override
        public void rows(Call.Lines lines) {
            for (@Nullable Line line = lines.next(); line != null; line = lines.next()) {
                each.accept(row.apply(line));
            }
        }

        @Override
        public void changed(int count) {
            throw new IllegalStateException("a statement that should have rows has none");
        }
    }

    private record Writing(IntConsumer counted) implements Call.Part {
        @Override
        public void rows(Call.Lines lines) {
            throw new IllegalStateException("a statement that should have no rows has some");
        }

        @Override
        public void changed(int count) {
            counted.accept(count);
        }
    }
}
