package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.session.MoveResult;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Move;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.Turns;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checker {@code commits}: one commit for each revision and for each turn, one open turn at a time (S7, S8, S11, T6, T14). */
final class Commits extends Checker {
    private final Map<String, Line> sessions = new HashMap<>();

    private static final class Line {
        long revision;

        @Nullable TurnId open;

        final Map<TurnId, Landed> ended = new HashMap<>();
    }

    private record Landed(long revision, Commit commit) {}

    Commits(Referee referee) {
        super("commits", referee);
    }

    private Line line(String session) {
        return sessions.computeIfAbsent(session, s -> new Line());
    }

    @Override
    void seen(Seen call) {
        switch (call.result()) {
            case Turns.Start.Go(var started) -> started(started);
            case CommitResult result -> committed(call.argument(0, Commit.class), result);
            case Move.Done done -> moved(line(call.argument(0, Move.class).session()), done.result());
            case Map<?, ?> heads
            when call.is("SessionStore.heads") ->
                heads.forEach((session, revision) -> head((String) session, (Long) revision));
            case Optional<?> o
            when call.is("SessionStore.find") && o.isPresent() ->
                head(((SessionRow) o.get()).id(), ((SessionRow) o.get()).head().revision());
            case null, default -> {}
        }
    }

    private void head(String session, long revision) {
        long own = line(session).revision;
        demand(
                revision == own || (revision == 0 && deleted(session)),
                () -> "session " + session + " was read at revision " + revision + ", not " + own);
    }

    private void started(Turns.Started started) {
        String session = started.session().id();
        demand(!deleted(session), () -> "a turn of the deleted session " + session + " was started");
        TurnId turn = started.turn().id();
        Line line = line(session);
        head(session, started.session().head().revision());
        demand(!line.ended.containsKey(turn), () -> "turn " + word(turn) + " was started after its commit");
        TurnId open = line.open;
        demand(
                open == null || open.equals(turn),
                () -> "turn " + word(turn) + " was started while " + (open == null ? "none" : word(open)) + " is open");
        demand(
                started.turn().baseRevision() == line.revision,
                () -> "turn " + word(turn) + " began at revision "
                        + started.turn().baseRevision() + ", the head is at " + line.revision);
        if (open != null) {
            count("turn driven again");
        }
        line.open = turn;
    }

    private void moved(Line line, MoveResult result) {
        switch (result) {
            case MoveResult.Moved(long revision) -> {
                demand(line.open == null, () -> "the head was moved while turn " + line.open + " is open");
                demand(revision == line.revision + 1, () -> "revision " + revision + " after " + line.revision);
                line.revision = revision;
            }
            case MoveResult.TurnOpen(TurnId turn) -> {
                demand(turn.equals(line.open), () -> "the head was not moved for turn " + word(turn));
                count("head not moved: a turn is open");
            }
            case MoveResult.Busy busy -> count("head not moved: busy");
        }
    }

    private void committed(Commit commit, CommitResult result) {
        TurnId turn = commit.target().turn();
        Line line = line(commit.target().session());
        Landed before = line.ended.get(turn);
        boolean answered =
                result instanceof CommitResult.Committed || result instanceof CommitResult.CommittedDifferently;
        demand(
                before == null || answered,
                () -> "the commit of " + word(turn) + " had landed, sent again it was answered " + result);
        switch (result) {
            case CommitResult.Committed c when c.repeated() -> repeated(commit, c, before);
            case CommitResult.Committed c -> landed(line, commit, c);
            case CommitResult.Conflict conflict ->
                demand(
                        conflict.expected() != line.revision && conflict.actual() == line.revision,
                        () -> "a conflict that is none: " + conflict + ", the head is at " + line.revision);
            case CommitResult.CommittedDifferently d -> {
                demand(before != null, () -> "turn " + word(turn) + " was committed differently, but never before");
                count("commit refused: the turn was committed by another driver");
            }
            case CommitResult.Steered s -> count("commit put off by a steer");
            case CommitResult.CancelledBefore c -> count("commit refused: cancelled before");
            default -> {}
        }
    }

    private void repeated(Commit commit, CommitResult.Committed answer, @Nullable Landed before) {
        count("commit repeated");
        TurnId turn = commit.target().turn();
        demand(before != null, () -> "the first commit of " + word(turn) + " was answered as repeated");
        if (before != null) {
            demand(
                    before.revision() == answer.revision(),
                    () -> "the receipt of " + word(turn) + " says revision " + answer.revision() + ", it was "
                            + before.revision());
            var first = before.commit();
            demand(
                    first.history().entries().equals(commit.history().entries()),
                    () -> "another commit of " + word(turn) + " was taken for the one that landed");
        }
    }

    private void landed(Line line, Commit commit, CommitResult.Committed answer) {
        TurnId turn = commit.target().turn();
        demand(!deleted(commit.target().session()), () -> "turn " + word(turn) + " of a deleted session was committed");
        demand(!line.ended.containsKey(turn), () -> "turn " + word(turn) + " was committed twice");
        demand(turn.equals(line.open), () -> "turn " + word(turn) + " was committed, but is not open");
        demand(
                commit.target().expectedRevision() == line.revision,
                () -> "a commit of " + word(turn) + " over revision "
                        + commit.target().expectedRevision() + " landed on " + line.revision);
        demand(
                answer.revision() == line.revision + 1,
                () -> "revision " + answer.revision() + " after " + line.revision);
        line.revision = answer.revision();
        line.open = null;
        line.ended.put(turn, new Landed(answer.revision(), commit));
        count("turn ended: " + commit.record().outcome().code());
    }

    @Override
    void atTheEnd(Remains remains) {
        remains.living().forEach((id, left) -> {
            Line line = line(id);
            head(id, left.row().head().revision());
            demand(line.open == null && left.row().openTurn() == null, () -> "a turn of session " + id + " is open");
            demand(
                    left.turns().size() == line.ended.size(),
                    () -> "session " + id + " has " + left.turns().size() + " turns and " + line.ended.size()
                            + " commits");
        });
    }
}
