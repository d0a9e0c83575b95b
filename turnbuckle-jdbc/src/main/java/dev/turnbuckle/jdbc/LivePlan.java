package dev.turnbuckle.jdbc;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Observation.OpenItem;
import dev.turnbuckle.live.OpenFold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a session's waiting entries where positions are given, under the lock of its header; no I/O.
 *
 * <p>Three things keep the stream in order although many nodes write it:
 * <ul>
 *   <li>a commit that is not newer than the header's is dropped, so whoever sees one may publish it (O17);
 *   <li>what led to a revision that is there already comes too late and is dropped (O16), and so is what a drive shows
 *       after a later generation has shown something;
 *   <li>who finds a revision that the stream lacks, and did not commit it, waits {@link #GRACE} for the committer, whose
 *       last events are about to be stored; then it is published without them.
 * </ul>
 */
final class LivePlan {
    /** Some flushes long: the committer's own comes at most one gathering after its commit, when it lives. */
    static final Duration GRACE = Duration.ofMillis(300);

    private final LiveHeader before;
    private final Now now;
    private final List<LiveRow> rows = new ArrayList<>();
    private long tail;
    private long lost;
    private long size;
    private long revision;
    private long generation;
    private long openAt;
    private @Nullable OpenFold fold;
    private boolean maimed;
    private boolean ended;
    private long used;

    /**
     * When positions are given.
     *
     * @param nanos on this process's monotonic clock
     * @param micros the same moment on the server's clock, which events are shown with and age by
     * @param last whether nothing can wait any more
     */
    record Now(long nanos, long micros, boolean last) {
        private long shown(LiveEntry entry) {
            return micros - (nanos - entry.stamp().nanos()) / 1_000;
        }
    }

    private LivePlan(LiveHeader before, Now now) {
        this.before = before;
        this.now = now;
        this.tail = before.places().tail();
        this.lost = before.places().lost();
        this.size = before.places().size();
        this.revision = before.revision();
        this.generation = before.generation();
        this.openAt = before.open().at();
        this.fold =
                before.open().items() == null ? null : OpenFold.of(before.open().itemsWithoutTexts());
        this.maimed = before.open().maimed();
        this.ended = before.ended();
        this.used = before.used();
    }

    /** @param taken how many entries are done with; the others wait */
    record Result(LiveHeader after, List<LiveRow> rows, int taken) {}

    /**
     * @param dropped whether entries before these were never stored: a position is left out, so that no cursor goes on
     *     over the hole
     */
    static Result of(LiveHeader before, List<LiveEntry> entries, boolean dropped, Now now) {
        var plan = new LivePlan(before, now);
        if (dropped) {
            plan.leaveOut();
        }
        int taken = 0;
        while (taken < entries.size() && !plan.waits(entries.get(taken))) {
            plan.take(entries.get(taken));
            taken++;
        }
        return new Result(plan.header(), plan.rows, taken);
    }

    private void leaveOut() {
        tail++;
        lost = tail;
        maimed = true;
    }

    private boolean waits(LiveEntry entry) {
        boolean lacks = entry.presumed() > Math.max(0, revision) && !ended;
        boolean flows = revision >= 0 || (entry instanceof LiveEntry.Head head && (head.found() || hasEvents()));
        return lacks && flows && !now.last() && now.nanos() - entry.stamp().nanos() < GRACE.toNanos();
    }

    private boolean hasEvents() {
        return tail > before.places().first();
    }

    private void take(LiveEntry entry) {
        used = Math.max(used, now.shown(entry));
        if (ended) {
            return;
        }
        if (entry.presumed() > Math.max(0, revision)) {
            publish(new Activity.Committed(entry.presumed(), 0));
        }
        revision = Math.max(revision, entry.presumed());
        switch (entry) {
            case LiveEntry.Head head -> {}
            case LiveEntry.Show(var stamp, Activity.Committed committed, var json) -> {
                if (committed.revision() > revision) {
                    show(committed, json);
                }
            }
            case LiveEntry.Show show -> {
                if (inTime(show)) {
                    show(show.activity(), show.json());
                }
            }
            case LiveEntry.TakeBack back -> {
                Activity.Retracted retraction = fold == null ? null : fold.retraction(back.turn());
                if (retraction != null && inTime(back)) {
                    publish(retraction);
                }
            }
        }
    }

    /** Whether what a drive shows is neither settled already nor another drive's to show now. */
    private boolean inTime(LiveEntry entry) {
        var origin = entry.stamp().origin();
        if (origin.generation() < 0) {
            return true;
        }
        boolean inTime = origin.revision() == revision && origin.generation() >= generation;
        generation = Math.max(generation, origin.generation());
        return inTime;
    }

    private void publish(Activity activity) {
        show(activity, LiveJson.write(activity));
    }

    private void show(Activity activity, String json) {
        if (activity instanceof Activity.Committed committed) {
            revision = committed.revision();
        }
        ended = activity instanceof Activity.SessionEnded;
        tail++;
        rows.add(new LiveRow(before.session(), tail, Math.max(0, revision), used, size, activity, json));
        size += json.length();
        if (OpenFold.concerns(activity)) {
            boolean was = fold != null;
            fold = OpenFold.apply(fold, activity, () -> Micros.instant(used));
            openAt = was ? openAt : tail;
            boolean whole = fold == null || (!was && activity instanceof Activity.TurnStarted);
            maimed = maimed && !whole;
        }
    }

    private LiveHeader header() {
        var places = new LiveHeader.Places(before.places().first(), tail, lost, size);
        String items = fold == null ? null : Json.write(withoutTexts(fold.items()));
        var open = new LiveHeader.OpenTurn(openAt, items, maimed);
        return new LiveHeader(before.session(), places, revision, generation, open, ended, used);
    }

    private List<OpenItem> withoutTexts(List<OpenItem> items) {
        return items.stream()
                .map(i -> LiveHeader.OpenTurn.hasText(i)
                        ? new OpenItem(i.item(), i.kind(), "", i.since(), i.truncated() || maimed)
                        : i)
                .toList();
    }
}
