package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.session.CancelResult;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.Turns;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checker {@code cancels}: a cancel and the commit race, the first wins, and who asked is kept (T8, T9). */
final class Cancels extends Checker {
    private enum Stage {
        PENDING,
        CANCELLED_INPUT,
        OPEN,
        ENDED
    }

    private record Gate(String by, String reason) {}

    private final Map<TurnId, Stage> stages = new HashMap<>();
    private final Map<TurnId, TurnId> joined = new HashMap<>();
    private final Map<TurnId, Long> sequences = new HashMap<>();
    private final Map<TurnId, Gate> gates = new HashMap<>();

    /** What was cancelled while it was part of another one's turn. */
    private final Set<TurnId> unwanted = new HashSet<>();

    /** Turns whose newest driver found the gate set: it performs nothing. */
    private final Set<TurnId> noEffects = new HashSet<>();

    private final Map<TurnId, String> drivers = new HashMap<>();

    Cancels(Referee referee) {
        super("cancels", referee);
    }

    @Override
    void seen(Seen call) {
        switch (call.result()) {
            case Inbox.Accepted.Row row
            when !row.existing() -> stages.put(row.item().turn(), Stage.PENDING);
            case Turns.Start.Go(var started) -> started(started, call.node());
            case Inbox.Steers.Claimed(var items) -> {
                for (InboxItem item : items) {
                    joined.put(item.turn(), call.argument(1, TurnId.class));
                    sequences.put(item.turn(), item.sequence());
                }
            }
            case Journal.RecordResult.Recorded r -> {
                TurnId turn = call.argument(1, TurnId.class);
                demand(
                        r.cancelRequested() == gates.containsKey(turn),
                        () -> "a record of " + word(turn) + " was told: cancelled " + r.cancelRequested());
            }
            case CommitResult result -> committed(call.argument(0, Commit.class), result);
            case CancelResult answer ->
                cancelled(
                        call.argument(1, TurnId.class),
                        new Gate(call.argument(2, String.class), call.argument(3, String.class)),
                        answer);
            case List<?> answers
            when call.is("Inbox.cancel") -> {
                for (Object answer : answers) {
                    if (answer instanceof Inbox.CancelAnswer.Cancelled(var item)) {
                        stages.put(item.turn(), Stage.CANCELLED_INPUT);
                    }
                }
            }
            case null, default -> {}
        }
    }

    private void started(Turns.Started started, String node) {
        TurnId turn = started.turn().id();
        stages.put(turn, Stage.OPEN);
        drivers.put(turn, node);
        for (InboxItem item : started.inputs()) {
            if (!item.turn().equals(turn)) {
                joined.put(item.turn(), turn);
                sequences.put(item.turn(), item.sequence());
            }
        }
        boolean set = gates.containsKey(turn);
        demand(
                started.turn().gate().cancelled() == set,
                () -> "the gate of " + word(turn) + " was read as "
                        + started.turn().gate());
        if (set) {
            noEffects.add(turn);
        }
    }

    private void cancelled(TurnId turn, Gate asked, CancelResult answer) {
        TurnId taker = joined.getOrDefault(turn, turn);
        Stage stage = stages.get(taker);
        CancelResult expected = stage == null
                ? CancelResult.UNKNOWN_TURN
                : switch (stage) {
                    case PENDING -> CancelResult.REQUESTED;
                    case CANCELLED_INPUT -> CancelResult.ALREADY_REQUESTED;
                    case OPEN -> gates.containsKey(taker) ? CancelResult.ALREADY_REQUESTED : CancelResult.REQUESTED;
                    case ENDED ->
                        gates.containsKey(taker) ? CancelResult.ALREADY_REQUESTED : CancelResult.COMPLETION_WON;
                };
        demand(
                answer == expected,
                () -> "the cancel of " + word(turn) + " was answered " + answer + ", not " + expected + " (" + stage
                        + ")");
        count("cancel: " + answer);
        if (stage == Stage.OPEN && !taker.equals(turn)) {
            unwanted.add(turn);
        }
        if (answer == CancelResult.REQUESTED && stage == Stage.OPEN) {
            gates.put(taker, asked);
        } else if (answer == CancelResult.REQUESTED) {
            stages.put(turn, Stage.CANCELLED_INPUT);
        }
    }

    private void committed(Commit commit, CommitResult result) {
        TurnId turn = commit.target().turn();
        @Nullable Gate gate = gates.get(turn);
        TurnOutcome outcome = commit.record().outcome();
        if (result instanceof CommitResult.CancelledBefore) {
            demand(gate != null, () -> "the commit of " + word(turn) + " met a gate that nobody had set");
        } else if (result instanceof CommitResult.Committed c && !c.repeated()) {
            stages.put(turn, Stage.ENDED);
            noEffects.remove(turn);
            commit.settlement().sends().forEach(s -> stages.putIfAbsent(s.turn(), Stage.PENDING));
            letGo(turn, commit.settlement().inputs());
            if (gate == null) {
                demand(
                        !(outcome instanceof TurnOutcome.Cancelled),
                        () -> "turn " + word(turn) + " ended as cancelled, but nobody asked");
            } else {
                count("cancel won the race");
                demand(
                        outcome instanceof TurnOutcome.Cancelled o
                                && o.by().equals(gate.by())
                                && o.reason().equals(gate.reason()),
                        () -> "turn " + word(turn) + " was cancelled by " + gate + " and ended as " + outcome);
            }
        }
    }

    /** What had joined and was not taken is on its own again. */
    private void letGo(TurnId taker, List<Long> taken) {
        var left = joined.keySet().stream()
                .filter(j -> taker.equals(joined.get(j)) && !taken.contains(sequences.get(j)))
                .toList();
        for (TurnId turn : left) {
            joined.remove(turn);
            if (unwanted.contains(turn)) {
                stages.put(turn, Stage.CANCELLED_INPUT);
            }
        }
    }

    @Override
    void bodyStarted(Body body) {
        boolean forbidden = noEffects.contains(body.turn) && body.node.equals(drivers.get(body.turn));
        demand(!forbidden, () -> "body " + body + " was started by a driver that had found its turn cancelled");
    }
}
