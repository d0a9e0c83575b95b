package dev.turnbuckle.bench.micro;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.memory.MemoryLiveReplay;
import dev.turnbuckle.session.TurnId;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The buffer of recent events without any reader that sleeps: what {@code bench/run live} measures with them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RingBenchmark {
    private static final int BATCH = 64;

    private final LiveReplay live = new MemoryLiveReplay();
    private final Activity delta = new Activity.TextDelta(new TurnId("t-1"), "model/1#1.1", "umbrella ");

    @Setup(Level.Trial)
    public void open() {
        live.open(Environment.system());
        for (int i = 0; i < BATCH; i++) {
            live.append("read", delta);
        }
    }

    @Benchmark
    public void append() {
        live.append("written", delta);
    }

    /** A batch of 64 events that others have read too. Past two minutes they are too old, and this is refused. */
    @Benchmark
    public CatchUp.Events after() {
        Cursor tail = live.tail("read", 0).cursor();
        var from = new Cursor(tail.incarnation(), tail.revision(), tail.position() - BATCH, tail.session());
        if (live.after(from, BATCH) instanceof CatchUp.Events events) {
            return events;
        }
        throw new IllegalStateException("what is read is gone");
    }

    /** A reader that has read everything looks again. */
    @Benchmark
    public CatchUp nothingNew() {
        return live.after(live.tail("read", 0).cursor(), BATCH);
    }
}
