package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.CatchUp.Reason;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.live.Observation.OpenItem;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** O1 to O11, and the open items of O13: cursors and the bounded buffer of recent events. */
@Timeout(60)
public abstract class LiveReplayContract {
    private static final TurnId TURN = new TurnId("t-1");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ManualClock clock = new ManualClock();
    private LiveReplay live;

    /** A new instance with a new life, not opened yet, with these bounds for each session. */
    protected abstract LiveReplay liveReplay(int events, Duration age, long bytes);

    /**
     * Returns when all that was appended has its position. Nothing to do where appending gives it; where positions are
     * given later (O12), what is appended is not to be read at once, and may wait for time to pass.
     */
    protected void settle(LiveReplay replay, ManualClock time) {}

    /** Time passes; where another clock counts too, such as a database server's, it moves with this one. */
    protected void tick(ManualClock time, Duration duration) {
        time.tick(duration);
    }

    private void pass(Duration duration) {
        settle(live, clock);
        tick(clock, duration);
    }

    private LiveReplay settled() {
        settle(live, clock);
        return live;
    }

    /** How long a session without events and subscribers keeps its header at most (O10). */
    protected abstract Duration idle();

    @BeforeEach
    final void open() {
        live = opened(2_048, Duration.ofMinutes(2), 4L << 20);
    }

    @AfterEach
    final void close() {
        live.close();
    }

    private LiveReplay opened(int events, Duration age, long bytes) {
        LiveReplay replay = liveReplay(events, age, bytes);
        replay.open(clock);
        return replay;
    }

    private static Activity text(String text) {
        return new Activity.TextDelta(TURN, "model/1#1.1", text);
    }

    private void append(String... texts) {
        for (String text : texts) {
            live.append("s", text(text));
        }
    }

    private Cursor tail() {
        return settled().tail("s", 0).cursor();
    }

    private List<SessionEvent> after(Cursor cursor) {
        return ((CatchUp.Events) settled().after(cursor, 10_000)).events();
    }

    private static List<String> textsOf(List<SessionEvent> events) {
        return events.stream()
                .map(e -> ((Activity.TextDelta) e.activity()).text())
                .toList();
    }

    private static Cursor at(Cursor cursor, long position) {
        return new Cursor(cursor.incarnation(), cursor.revision(), position, cursor.session());
    }

    // ---- O1, O2

    @Test
    void o01_aCursorIsOneStringAndTheSessionIdMayHoldColons() {
        var cursor = new Cursor("abc123", 3, 17, "user:42:x/y z");
        assertThat(cursor.value()).isEqualTo("tbc1:abc123:3:17:user:42:x/y z");
        assertThat(Cursor.parse("tbc1:abc123:3:17:user:42:x/y z")).isEqualTo(cursor);
        assertThat(Cursor.parse("tbc1:0:0:0::").session()).isEqualTo(":");
    }

    @Test
    void o01_logsHideTheValue() {
        assertThat(new Cursor("secret", 3, 17, "user-42").toString()).doesNotContain("secret", "user-42");
    }

    @Test
    void o02_aMalformedCursorSaysWhatIsWrong() {
        malformed("", "tbc1");
        malformed("tbc2:a:1:2:s", "tbc1");
        malformed("tbc1", "incarnation");
        malformed("tbc1::1:2:s", "incarnation");
        malformed("tbc1:a b:1:2:s", "incarnation");
        malformed("tbc1:a", "revision");
        malformed("tbc1:a:x:2:s", "revision");
        malformed("tbc1:a:-1:2:s", "revision");
        malformed("tbc1:a:1", "position");
        malformed("tbc1:a:1:99999999999999999999:s", "position");
        malformed("tbc1:a:1:2", "session id is empty");
        malformed("tbc1:a:1:2:", "session id is empty");
    }

    private static void malformed(String text, String why) {
        assertThatThrownBy(() -> Cursor.parse(text))
                .as(text)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(why);
    }

    // ---- O3

    @Test
    void o03_positionsRiseByOneForEachEventOfASession() {
        Cursor start = tail();
        append("a", "b");
        live.append("other", text("x"));
        append("c");
        long first = start.position() + 1;
        assertThat(after(start)).extracting(e -> e.cursor().position()).containsExactly(first, first + 1, first + 2);
        assertThat(after(start)).extracting(e -> e.cursor().incarnation()).containsOnly(start.incarnation());
        assertThat(after(start)).extracting(e -> e.cursor().session()).containsOnly("s");
    }

    @Test
    void o03_eachLifeHasAnIncarnationOfItsOwn() {
        LiveReplay other = opened(10, PATIENCE, 1_000_000);
        assertThat(other.tail("s", 0).cursor().incarnation()).isNotEqualTo(tail().incarnation());
        other.close();
    }

    // ---- O4

    @Test
    void o04_appendingNeverWaitsForASubscriberNorWakesItItself() throws InterruptedException {
        var never = new CountDownLatch(1);
        Set<Thread> wakers = ConcurrentHashMap.newKeySet();
        var woken = new CountDownLatch(1);
        live.subscribe("s", new Deaf() {
            @Override
            public void raise() {
                wakers.add(Thread.currentThread());
                woken.countDown();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        Cursor start = tail();
        for (int i = 0; i < 1_000; i++) {
            append("text " + i);
        }
        assertThat(after(start)).hasSize(1_000);
        woken.await();
        assertThat(wakers).hasSize(1).doesNotContain(Thread.currentThread());
        never.countDown();
    }

    /** A signal that a test overrides. */
    private static class Deaf implements Environment.Signal {
        @Override
        public long version() {
            return 0;
        }

        @Override
        public void raise() {}

        @Override
        public boolean await(long seen, Duration atMost) {
            return false;
        }
    }

    @Test
    void o04_appendingToAClosedReplayFailsNoTurn() {
        live.close();
        append("late");
        live.close();
    }

    // ---- O5

    @Test
    void o05_eventsAfterACursorComeInOrderAndExclusiveOfIt() {
        Cursor start = tail();
        append("a", "b", "c", "d");
        assertThat(textsOf(after(start))).containsExactly("a", "b", "c", "d");
        Cursor second = after(start).get(1).cursor();
        assertThat(textsOf(after(second))).containsExactly("c", "d");
        assertThat(after(tail())).isEmpty();
    }

    @Test
    void o05_whatIsAskedInPortionsIsTheSameList() {
        Cursor cursor = tail();
        IntStream.range(0, 100).forEach(i -> append("text " + i));
        List<String> read = new ArrayList<>();
        for (var events = portion(cursor); !events.isEmpty(); events = portion(cursor)) {
            assertThat(events).hasSizeLessThanOrEqualTo(7);
            assertThat(events.getLast().cursor().position()).isGreaterThan(cursor.position());
            read.addAll(textsOf(events));
            cursor = events.getLast().cursor();
        }
        assertThat(read)
                .isEqualTo(IntStream.range(0, 100).mapToObj(i -> "text " + i).toList());
    }

    private List<SessionEvent> portion(Cursor cursor) {
        return ((CatchUp.Events) settled().after(cursor, 7)).events();
    }

    @Test
    void o05_aListIsNeverShortenedAtItsBeginning() {
        live = opened(4, PATIENCE, 1_000_000);
        Cursor start = tail();
        for (int i = 0; i < 20; i++) {
            append("text " + i);
            if (settled().after(start, 100) instanceof CatchUp.Events whole) {
                assertThat(whole.events()).hasSize(i + 1);
            } else {
                assertThat(i).isGreaterThanOrEqualTo(4);
            }
        }
    }

    // ---- O6

    @Test
    void o06_whatIsOlderThanWhatIsKeptIsTrimmed() {
        live = opened(3, PATIENCE, 1_000_000);
        Cursor start = tail();
        append("a", "b", "c", "d");
        assertThat(settled().after(start, 100)).isEqualTo(new CatchUp.Gap(Reason.TRIMMED, 0, 1L));
        assertThat(textsOf(after(at(start, start.position() + 1)))).containsExactly("b", "c", "d");
    }

    @Test
    void o06_whatCannotBeKnownIsUnavailable() {
        append("a");
        Cursor tail = tail();
        unavailable(live, at(tail, tail.position() + 1));
        unavailable(live, new Cursor("another", 0, tail.position(), "s"));
        unavailable(live, new Cursor(tail.incarnation(), 0, 4_711, "unknown"));
        LiveReplay restarted = opened(10, PATIENCE, 1_000_000);
        unavailable(restarted, tail);
        restarted.close();
        live.close();
        unavailable(live, tail);
    }

    private static void unavailable(LiveReplay replay, Cursor cursor) {
        assertThat(replay.after(cursor, 100))
                .as(cursor.value())
                .isInstanceOfSatisfying(
                        CatchUp.Gap.class, gap -> assertThat(gap.reason()).isEqualTo(Reason.UNAVAILABLE));
    }

    @Test
    void o06_aGapNamesTheLatestRevision() {
        live = opened(2, PATIENCE, 1_000_000);
        Cursor start = tail();
        live.append("s", new Activity.Committed(7, 2));
        append("a", "b");
        assertThat(settled().after(start, 100)).isInstanceOfSatisfying(CatchUp.Gap.class, gap -> {
            assertThat(gap.reason()).isEqualTo(Reason.TRIMMED);
            assertThat(gap.latestRevision()).isEqualTo(7);
        });
    }

    // ---- O7

    @Test
    void o07_noMoreEventsAreKeptThanTheBound() {
        live = opened(5, PATIENCE, 1_000_000);
        Cursor start = tail();
        IntStream.range(0, 50).forEach(i -> append("text " + i));
        assertThat(settled().after(at(start, start.position() + 44), 100)).isInstanceOf(CatchUp.Gap.class);
        assertThat(textsOf(after(at(start, start.position() + 45)))).hasSize(5);
    }

    @Test
    void o07_noEventIsKeptLongerThanTheBound() {
        live = opened(100, Duration.ofSeconds(10), 1_000_000);
        Cursor start = tail();
        append("old");
        pass(Duration.ofSeconds(6));
        append("new");
        assertThat(after(start)).hasSize(2);
        pass(Duration.ofSeconds(6));
        assertThat(settled().after(start, 100)).as("on catch-up").isEqualTo(new CatchUp.Gap(Reason.TRIMMED, 0, 1L));
        assertThat(textsOf(after(at(start, start.position() + 1)))).containsExactly("new");
        pass(Duration.ofSeconds(6));
        live.trim();
        assertThat(settled().after(at(start, start.position() + 1), 100)).isInstanceOf(CatchUp.Gap.class);
        assertThat(after(at(start, start.position() + 2))).as("at the tail").isEmpty();
    }

    @Test
    void o07_noMoreBytesAreKeptThanTheBoundWhateverCarriesThem() {
        bounded(x -> new Activity.TextDelta(TURN, "i", x));
        bounded(x -> new Activity.ReasoningDelta(TURN, "i", x));
        bounded(x -> new Activity.ToolStarted(TURN, "i", "tool", "READ", x));
        bounded(x -> new Activity.ToolProgress(TURN, "i", x));
        bounded(x -> new Activity.ToolEnded(TURN, "i", "tool", "performed", false, x));
        bounded(x -> new Activity.InputApplied(TURN, 1, x));
        bounded(x -> new Activity.TurnEnded(TURN, new TurnOutcome.Answered(TURN, x, Usage.NONE)));
        bounded(x -> new Activity.TurnEnded(TURN, new TurnOutcome.Failed(TURN, "code", x, false)));
        bounded(x -> new Activity.ModelRetry(TURN, "i", 1, PATIENCE, x));
        bounded(x -> new Activity.Unknown("name", x));
    }

    private void bounded(Function<String, Activity> activity) {
        live.close();
        live = opened(10_000, PATIENCE, 100_000);
        Cursor start = tail();
        for (int i = 0; i < 30; i++) {
            live.append("s", activity.apply("x".repeat(10_000)));
        }
        assertThat(settled().after(at(start, start.position() + 15), 100))
                .as(activity.apply("").toString())
                .isInstanceOf(CatchUp.Gap.class);
        assertThat(after(at(start, start.position() + 25))).hasSize(5);
    }

    // ---- O8

    @Test
    void o08_subscribingLosesNothingAndRepeatsNothingWhateverIsAppendedBesides() throws InterruptedException {
        live = opened(1_000_000, PATIENCE, Long.MAX_VALUE);
        Cursor start = tail();
        int writers = 4;
        int each = 2_000;
        var begin = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        for (int w = 0; w < writers; w++) {
            String name = "w" + w;
            threads.add(Thread.ofVirtual().start(() -> {
                await(begin);
                for (int i = 0; i < each; i++) {
                    live.append("s", text(name + " " + i));
                }
            }));
        }
        begin.countDown();
        var read = new ArrayList<SessionEvent>();
        var wake = clock.signal();
        Cursor cursor = start;
        try (var subscription = live.subscribe("s", wake)) {
            while (read.size() < writers * each) {
                long seen = wake.version();
                List<SessionEvent> events = ((CatchUp.Events) live.after(cursor, 500)).events();
                read.addAll(events);
                if (events.isEmpty()) {
                    assertThat(wake.await(seen, PATIENCE)).as("woken").isTrue();
                } else {
                    cursor = events.getLast().cursor();
                }
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < read.size(); i++) {
            assertThat(read.get(i).cursor().position()).isEqualTo(start.position() + 1 + i);
        }
        for (int w = 0; w < writers; w++) {
            String name = "w" + w + " ";
            assertThat(textsOf(read).stream().filter(t -> t.startsWith(name)))
                    .isEqualTo(IntStream.range(0, each).mapToObj(i -> name + i).toList());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- O9

    @Test
    void o09_aReaderThatFallsBehindIsToldAndCostsTheOthersNothing() throws InterruptedException {
        live = opened(10, PATIENCE, 1_000_000);
        Cursor slow = tail();
        var wake = clock.signal();
        try (var lazy = live.subscribe("s", new Deaf());
                var busy = live.subscribe("s", wake)) {
            Cursor fast = slow;
            for (int i = 0; i < 100; i++) {
                long seen = wake.version();
                append("text " + i);
                while (after(fast).isEmpty()) {
                    assertThat(wake.await(seen, PATIENCE)).isTrue();
                    seen = wake.version();
                }
                assertThat(textsOf(after(fast))).containsExactly("text " + i);
                fast = after(fast).getLast().cursor();
            }
            assertThat(settled().after(slow, 100)).isEqualTo(new CatchUp.Gap(Reason.TRIMMED, 0, 90L));
        }
        Cursor again = tail();
        append("on");
        assertThat(textsOf(after(again))).containsExactly("on");
    }

    // ---- O10

    @Test
    void o10_onlyWhatIsSubscribedIsObserved() {
        append("a");
        tail();
        assertThat(live.observed()).isEmpty();
        assertThat(live.observes("s")).isFalse();
        var one = live.subscribe("s", clock.signal());
        var two = live.subscribe("s", clock.signal());
        assertThat(live.observed()).containsExactly("s");
        assertThat(live.observes("s")).isTrue();
        one.close();
        assertThat(live.observed()).containsExactly("s");
        assertThat(live.observes("s")).isTrue();
        two.close();
        assertThat(live.observed()).isEmpty();
        assertThat(live.observes("s")).isFalse();
    }

    @Test
    void o10_theHeaderOutlivesItsEventsSoThatAnIdleObserverLosesNothing() {
        append("a");
        Cursor observed = tail();
        pass(idle().minusSeconds(1));
        live.trim();
        append("b");
        assertThat(textsOf(after(observed))).containsExactly("b");
    }

    @Test
    void o10_anEvictedHeaderStartsAboveEveryPositionEverGiven() {
        append("a", "b", "c");
        Cursor old = at(tail(), tail().position() - 1);
        live.append("other", text("x"));
        pass(idle().plusMinutes(10));
        live.trim();
        trimmed(old);
        append("again");
        Cursor anew = tail();
        assertThat(anew.position()).isGreaterThan(old.position() + 1);
        trimmed(old);
    }

    private void trimmed(Cursor cursor) {
        assertThat(settled().after(cursor, 100))
                .isInstanceOfSatisfying(
                        CatchUp.Gap.class, gap -> assertThat(gap.reason()).isEqualTo(Reason.TRIMMED));
    }

    // ---- O11

    @Test
    void o11_theEndOfASessionReachesItsSubscribersWithTheReason() throws InterruptedException {
        Cursor start = tail();
        var wake = clock.signal();
        try (var subscription = live.subscribe("s", wake)) {
            long seen = wake.version();
            live.end("s", "deleted");
            assertThat(wake.await(seen, PATIENCE)).isTrue();
        }
        assertThat(after(start))
                .extracting(SessionEvent::activity)
                .containsExactly(new Activity.SessionEnded("deleted"));
    }

    @Test
    void o11_closingWakesWhoWaits() throws InterruptedException {
        var wake = clock.signal();
        live.subscribe("s", wake);
        long seen = wake.version();
        live.close();
        assertThat(wake.await(seen, PATIENCE)).isTrue();
    }

    // ---- O12, O18: what several who append to one stream need

    @Test
    void o12_aMarkComesBeforeAllThatIsAppendedAfterIt() {
        append("first");
        settle(live, clock);
        Cursor mark = live.mark("s");
        append("second");
        assertThat(textsOf(after(mark))).endsWith("second");
        assertThat(mark.position()).isLessThanOrEqualTo(tail().position() - 1);
    }

    @Test
    void o18_whatIsOpenIsTakenBackByItsNames() {
        var origin = new LiveReplay.Origin(0, 1);
        live.append("s", origin, new Activity.TurnStarted(TURN, 1));
        live.append("s", origin, new Activity.TextDelta(TURN, "model/1#1.1", "Good "));
        live.append("s", origin, new Activity.ReasoningDelta(TURN, "model/1#1.1", "Hm."));
        live.append("s", origin, new Activity.ToolStarted(TURN, "model/1/tool/0", "weather", "READ", "{}"));
        settle(live, clock);
        Cursor before = live.mark("s");
        live.retract("s", origin, TURN);
        assertThat(after(before).getLast().activity())
                .isEqualTo(new Activity.Retracted(TURN, List.of("model/1#1.1", "model/1/tool/0")));
        assertThat(settled().tail("s", -1).open()).isEmpty();
        Cursor again = tail();
        live.retract("s", origin, TURN);
        assertThat(after(again)).isEmpty();
    }

    // ---- O13, O16, O17

    @Test
    void o13_theTailIsTheCursorAndTheOpenTurnsItemsAsOne() {
        live.append("s", new Activity.TurnStarted(TURN, 1));
        append("Good ", "day");
        live.append("s", new Activity.ReasoningDelta(TURN, "model/1#1.1", "Hm."));
        live.append("s", new Activity.ToolStarted(TURN, "model/1/tool/0", "weather", "READ", "{}"));
        live.append("s", new Activity.ToolStarted(TURN, "model/1/tool/1", "time", "READ", "{}"));
        live.append("s", new Activity.ToolEnded(TURN, "model/1/tool/1", "time", "performed", false, "now"));
        var tail = settled().tail("s", 0);
        assertThat(tail.open())
                .containsExactly(
                        new OpenItem("model/1#1.1", "text", "Good day", ManualClock.BEGINNING, false),
                        new OpenItem("model/1#1.1/reasoning", "reasoning", "Hm.", ManualClock.BEGINNING, false),
                        new OpenItem("model/1/tool/0", "tool", "weather", ManualClock.BEGINNING, false));
        assertThat(after(tail.cursor())).isEmpty();
        live.append("s", new Activity.Retracted(TURN, List.of("model/1#1.1")));
        assertThat(settled().tail("s", 0).open()).extracting(OpenItem::item).containsExactly("model/1/tool/0");
        live.append("s", new Activity.Committed(1, 2));
        assertThat(settled().tail("s", 0).open()).isEmpty();
    }

    @Test
    void o16_everyCursorCarriesTheNewestCommittedRevision() {
        Cursor start = settled().tail("s", 4).cursor();
        assertThat(start.revision()).isEqualTo(4);
        append("a");
        live.append("s", new Activity.Committed(5, 2));
        append("b");
        assertThat(after(start)).extracting(e -> e.cursor().revision()).containsExactly(4L, 5L, 5L);
        assertThat(settled().revision("s")).isEqualTo(5);
        assertThat(settled().revision("never")).isEqualTo(-1);
    }

    @Test
    void o17_aStreamIsToldOfARevisionThatItLacks() {
        Cursor start = settled().tail("s", 4).cursor();
        var told = new CompletableFuture<LiveReplay.Tail>();
        Thread.ofVirtual().start(() -> told.complete(live.tail("s", 5)));
        while (!told.isDone()) {
            settle(live, clock);
        }
        var tail = told.join();
        assertThat(tail.cursor().revision()).isEqualTo(5);
        assertThat(after(start)).extracting(SessionEvent::activity).containsExactly(new Activity.Committed(5, 0));
        assertThat(after(tail.cursor())).isEmpty();
        live.append("s", new LiveReplay.Origin(6, 2), new Activity.TurnStarted(TURN, 1));
        assertThat(after(tail.cursor()))
                .extracting(SessionEvent::activity)
                .containsExactly(new Activity.Committed(6, 0), new Activity.TurnStarted(TURN, 1));
    }

    @Test
    void o17_whoeverSeesACommitMayPublishIt() {
        Cursor start = tail();
        live.append("s", new Activity.Committed(1, 2));
        live.append("s", new Activity.Committed(1, 2));
        live.append("s", new Activity.Committed(3, 2));
        live.append("s", new Activity.Committed(2, 2));
        assertThat(after(start))
                .extracting(SessionEvent::activity)
                .containsExactly(new Activity.Committed(1, 2), new Activity.Committed(3, 2));
    }
}
