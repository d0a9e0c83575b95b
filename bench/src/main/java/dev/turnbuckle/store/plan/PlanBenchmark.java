package dev.turnbuckle.store.plan;

import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.UsageRow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decisions inside of transactions: nobody else writes while they are made. Here because plans are package-private. */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlanBenchmark {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final TurnId TURN = new TurnId("t-1");

    private final Lease lease = new Lease(
            Scope.session("s"), new Claimant("ann", "ann-1", "token"), 7, NOON.minusSeconds(5), NOON.plusSeconds(25));
    private final List<InboxItem> pending = LongStream.range(0, ClaimPlan.LOOKED_AT)
            .mapToObj(PlanBenchmark::input)
            .toList();
    private final List<String> hashes =
            IntStream.range(0, 4).mapToObj(i -> Hash.of("entry " + i)).toList();
    private final Commit commit = new Commit(
            new Commit.Target("s", TURN, lease, 41),
            Commit.History.append(
                    List.of(Message.user("Hello"), Message.user("two"), Message.user("three"), Message.user("four"))),
            Commit.State.UNCHANGED,
            Commit.Settlement.applied(
                    List.of(1L),
                    List.of(
                            new UsageRow(TURN, 1, "model", "instant", Usage.of(170, 22)),
                            new UsageRow(TURN, 2, "model", "instant", Usage.of(170, 22)))),
            new Commit.Record(
                    new TurnOutcome.Answered(TURN, "Done.", Usage.of(340, 44)),
                    Blob.of("record"),
                    List.of(),
                    List.of()));

    private static InboxItem input(long sequence) {
        return new InboxItem(
                sequence,
                "s",
                new TurnId("t-" + sequence),
                InboxItem.Kind.USER,
                InboxItem.Delivery.NEXT_TURN,
                "{}",
                null,
                Map.of(),
                null,
                NOON.plusSeconds(sequence == ClaimPlan.LOOKED_AT - 1 ? 0 : 60),
                NOON.minusSeconds(60),
                InboxItem.Status.NEW);
    }

    /** What a commit of four entries means, as a hash. */
    @Benchmark
    public String intent() {
        return CommitPlan.intent(commit, hashes);
    }

    /** Which of 64 waiting inputs opens a turn: the last of them. */
    @Benchmark
    public Object claim() {
        return ClaimPlan.decide(null, List.of(), pending, NOON);
    }

    /** Whether a lease still holds. */
    @Benchmark
    public @Nullable String lease() {
        return LeasePlan.lost(lease, lease, NOON);
    }
}
