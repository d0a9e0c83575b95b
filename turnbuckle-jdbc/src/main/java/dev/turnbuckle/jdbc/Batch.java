package dev.turnbuckle.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Statements that go to the server together and whose results come back together: one round trip. */
final class Batch {
    private record Step(String sql, boolean singly, Consumer<Call> bind, Call.Part part) {
        String text() {
            return singly ? Singly.of(sql) : sql;
        }
    }

    private final List<Step> steps = new ArrayList<>();

    /** @param each is given every row, as it comes */
    <T> Batch read(String sql, Consumer<Call> bind, Function<Line, T> row, Consumer<? super T> each) {
        return read(sql, false, bind, row, each);
    }

    /** @param singly whether its parameters with many values have one each */
    <T> Batch read(String sql, boolean singly, Consumer<Call> bind, Function<Line, T> row, Consumer<? super T> each) {
        steps.add(new Step(sql, singly, bind, new Reading<>(row, each)));
        return this;
    }

    /** @param counted is told how many rows changed */
    Batch write(String sql, Consumer<Call> bind, IntConsumer counted) {
        return write(sql, false, bind, counted);
    }

    /** @param singly whether its parameters with many values have one each */
    Batch write(String sql, boolean singly, Consumer<Call> bind, IntConsumer counted) {
        steps.add(new Step(sql, singly, bind, new Writing(counted)));
        return this;
    }

    boolean isEmpty() {
        return steps.isEmpty();
    }

    void run(Statements sql) {
        if (steps.isEmpty()) {
            return;
        }
        Call call =
                sql.together(steps.stream().map(s -> sql.form().sql(s.text())).toList());
        steps.forEach(s -> s.bind().accept(call.singly(s.singly())));
        call.each(steps.stream().map(Step::part).toList());
        steps.clear();
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
