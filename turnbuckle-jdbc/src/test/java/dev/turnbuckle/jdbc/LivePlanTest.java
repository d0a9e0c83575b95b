package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Activity.Committed;
import dev.turnbuckle.live.Activity.Retracted;
import dev.turnbuckle.live.Activity.TextDelta;
import dev.turnbuckle.live.Activity.ToolStarted;
import dev.turnbuckle.live.Activity.TurnEnded;
import dev.turnbuckle.live.Activity.TurnStarted;
import dev.turnbuckle.live.LiveReplay.Origin;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where positions are given: each case is the entries of some nodes, and what becomes of them. */
class LivePlanTest {
    private static final TurnId TURN = new TurnId("t-1");
    private static final long NOON = 1_767_268_800_000_000L;
    private static final long GRACE = 300_000_000;

    private static final Origin OLD_DRIVE = new Origin(0, 1);
    private static final Origin NEW_DRIVE = new Origin(0, 2);
    private static final Origin NEXT_TURN = new Origin(1, 3);

    private LiveHeader header = LiveHeader.fresh("s", 0);
    private final List<Activity> stream = new ArrayList<>();
    private int waiting;

    private static LiveEntry show(Origin origin, Activity activity) {
        return new LiveEntry.Show(new LiveEntry.Stamp(origin, 0), activity, LiveJson.write(activity));
    }

    private static LiveEntry back(Origin origin) {
        return new LiveEntry.TakeBack(new LiveEntry.Stamp(origin, 0), TURN);
    }

    private static LiveEntry found(long revision) {
        return new LiveEntry.Head(new LiveEntry.Stamp(Origin.OUTSIDE, 0), revision, true);
    }

    private static Activity text(String text) {
        return new TextDelta(TURN, "m", text);
    }

    private void flush(long nanos, LiveEntry... entries) {
        flush(false, nanos, entries);
    }

    private void flush(boolean dropped, long nanos, LiveEntry... entries) {
        LivePlan.Result result =
                LivePlan.of(header, List.of(entries), dropped, new LivePlan.Now(nanos, NOON + nanos / 1_000, false));
        header = result.after();
        result.rows().forEach(r -> stream.add(r.activity()));
        waiting = entries.length - result.taken();
    }

    private static Activity ended() {
        return new TurnEnded(TURN, new TurnOutcome.Answered(TURN, "Hi", Usage.NONE));
    }

    @Test
    void o12_positionsRiseByOneFromWhereTheHeaderStands() {
        header = LiveHeader.fresh("s", 41);
        LivePlan.Result result = LivePlan.of(
                header,
                List.of(show(OLD_DRIVE, text("a")), show(OLD_DRIVE, text("b"))),
                false,
                new LivePlan.Now(0, NOON, false));
        assertThat(result.rows()).extracting(LiveRow::position).containsExactly(42L, 43L);
        assertThat(result.after().places()).isEqualTo(new LiveHeader.Places(41, 43, 41, 112));
        assertThat(result.rows()).extracting(LiveRow::before).containsExactly(0L, 56L);
    }

    @Test
    void o16_whatLedToARevisionThatIsThereComesTooLate() {
        flush(0, show(OLD_DRIVE, text("a")), found(1));
        flush(GRACE, found(1));
        flush(0, show(OLD_DRIVE, text("b")), show(OLD_DRIVE, ended()), show(OLD_DRIVE, new Committed(1, 2)));
        assertThat(stream).containsExactly(text("a"), new Committed(1, 0));
    }

    @Test
    void o17_whoFindsACommitLetsTheCommitterSayIt() {
        flush(0, show(OLD_DRIVE, text("a")));
        flush(GRACE - 1, found(1));
        assertThat(waiting).isEqualTo(1);
        flush(0, show(OLD_DRIVE, ended()), show(OLD_DRIVE, new Committed(1, 2)));
        flush(GRACE - 1, found(1));
        assertThat(waiting).isZero();
        assertThat(stream).containsExactly(text("a"), ended(), new Committed(1, 2));
    }

    @Test
    void o17_whoDrivesOnLetsTheCommitterSayIt() {
        flush(0, show(OLD_DRIVE, text("a")));
        flush(GRACE - 1, show(NEXT_TURN, text("next")));
        assertThat(waiting).isEqualTo(1);
        flush(GRACE, show(NEXT_TURN, text("next")));
        assertThat(stream).containsExactly(text("a"), new Committed(1, 0), text("next"));
    }

    @Test
    void o17_aCommitThatNobodySaidIsPublishedAfterAWhile() {
        flush(0, show(OLD_DRIVE, text("a")));
        flush(GRACE, found(1));
        assertThat(stream).containsExactly(text("a"), new Committed(1, 0));
        assertThat(header.open().items()).isNull();
    }

    @Test
    void o16_aDriveWhoseLeaseWasPassedOnShowsNothingAnyMore() {
        flush(0, show(OLD_DRIVE, new TurnStarted(TURN, 1)), show(OLD_DRIVE, text("a")));
        flush(0, back(NEW_DRIVE), show(NEW_DRIVE, new TurnStarted(TURN, 2)), show(NEW_DRIVE, text("b")));
        flush(0, show(OLD_DRIVE, text("zombie")), back(OLD_DRIVE));
        assertThat(stream)
                .containsExactly(
                        new TurnStarted(TURN, 1),
                        text("a"),
                        new Retracted(TURN, List.of("m")),
                        new TurnStarted(TURN, 2),
                        text("b"));
    }

    @Test
    void o18_aRetractionNamesWhatIsOpenWhereItIsStored() {
        flush(0, show(OLD_DRIVE, text("a")));
        flush(0, show(OLD_DRIVE, new ToolStarted(TURN, "tool", "pay", "ONCE", "{}")));
        flush(0, back(NEW_DRIVE), back(NEW_DRIVE));
        assertThat(stream.getLast()).isEqualTo(new Retracted(TURN, List.of("m", "tool")));
        assertThat(stream).hasSize(3);
    }

    @Test
    void o11_nothingFollowsTheEnd() {
        flush(
                0,
                show(Origin.OUTSIDE, new Activity.SessionEnded("deleted")),
                show(Origin.OUTSIDE, new Activity.SessionEnded("deleted")),
                show(OLD_DRIVE, text("late")));
        assertThat(stream).containsExactly(new Activity.SessionEnded("deleted"));
    }

    @Test
    void o06_whatWasDroppedLeavesAPositionOut() {
        flush(0, show(OLD_DRIVE, text("a")));
        flush(true, 0, show(OLD_DRIVE, text("c")));
        assertThat(header.places()).isEqualTo(new LiveHeader.Places(0, 3, 2, 112));
        assertThat(header.open().itemsWithoutTexts()).allMatch(i -> i.truncated());
    }

    @Test
    void halfCharactersSurviveTheDatabase() {
        var half = new TextDelta(TURN, "m", "rocket \uD83D");
        assertThat(LiveJson.write(half)).doesNotContain("\uD83D").endsWith("rocket \\ud83d\"}");
        assertThat(LiveJson.read(LiveJson.write(half))).isEqualTo(half);
        var whole = new TextDelta(TURN, "m", "rocket \uD83D\uDE80 \uDE80");
        assertThat(LiveJson.write(whole)).contains("rocket \uD83D\uDE80 \\ude80");
        assertThat(LiveJson.read(LiveJson.write(whole))).isEqualTo(whole);
    }

    @Test
    void eventsOfANewerProgramArriveAsTheyAre() {
        String json = "{\"type\":\"sparkle\",\"stars\":3}";
        assertThat(LiveJson.read(json)).isEqualTo(new Activity.Unknown("sparkle", json));
    }
}
