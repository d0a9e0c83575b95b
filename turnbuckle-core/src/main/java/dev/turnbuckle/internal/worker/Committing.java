package dev.turnbuckle.internal.worker;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.internal.engine.TurnResult;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.session.Command;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.Turns;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commit that ends a turn, and what follows each of its refusals. */
final class Committing {
    private static final Logger LOG = LoggerFactory.getLogger(Committing.class);

    /** How often the identical commit is sent again when the store fails. */
    private static final int TRIES = 4;

    private final Node node;

    Committing(Node node) {
        this.node = node;
    }

    /** @return false when nothing was committed because somebody steers */
    boolean commit(Turns.Started started, Drive drive, TurnResult.Ended ended, SessionCache.Settled settled)
            throws InterruptedException {
        TurnResult.Ended named = ended.outcome() instanceof TurnOutcome.Cancelled ? named(drive, ended) : ended;
        long revision = started.session().head().revision();
        CommitResult result;
        try {
            result = send(commitOf(started, drive, named, revision));
        } catch (InvalidInputException e) { // it would be refused again by whoever drives next
            refused(started, drive, named, e, settled);
            return true;
        }
        switch (result) {
            case CommitResult.Steered s -> {
                return false;
            }
            case CommitResult.Committed committed -> adopt(started, drive, named, committed, settled);
            case CommitResult.CancelledBefore c ->
                commit(started, drive, withOutcome(named, cancelledOutcome(drive, named)), settled);
            case CommitResult.Conflict conflict -> conflicted(started, drive, named, conflict);
            case CommitResult.OverBudget over -> overBudget(started, drive, named, over, settled);
            case CommitResult.LeaseLost lost -> {
                LOG.warn(
                        "session {}: commit refused, lease lost ({})",
                        started.session().id(),
                        lost.why());
                drive.retract();
            }
            case CommitResult.ClaimLost lost ->
                throw new IllegalStateException("input " + lost.sequence() + " is not claimed by its own turn");
            case CommitResult.CommittedDifferently d ->
                throw new IllegalStateException("turn " + started.turn().id() + " was committed with another meaning");
        }
        return true;
    }

    private CommitResult send(Commit commit) throws InterruptedException {
        Duration pause = Driver.FIRST_PAUSE;
        for (int n = 1; ; n++) {
            try {
                return node.storage().sessions().commit(commit);
            } catch (StorageException e) { // a lost answer is repeated, the receipt makes that harmless (S11)
                if (n == TRIES || e.remedy() != TurnbuckleException.Remedy.RETRY) {
                    throw e;
                }
                LOG.warn(
                        "commit of turn {} failed, sent again: {}",
                        commit.target().turn(),
                        e.toString());
                node.environment().sleep(pause);
                pause = pause.multipliedBy(2);
            }
        }
    }

    private List<Inbox.NewInput> shared(List<Inbox.NewInput> sends) {
        return sends.stream().map(s -> s.sharedAs(node.share(s.context()))).toList();
    }

    private Commit commitOf(Turns.Started started, Drive drive, TurnResult.Ended ended, long revision) {
        boolean dead =
                ended.outcome() instanceof TurnOutcome.Failed f && f.code().equals("attempts_exhausted");
        return new Commit(
                new Commit.Target(
                        started.session().id(),
                        started.turn().id(),
                        drive.lease(),
                        revision,
                        ended.unlessSteered(),
                        started),
                new Commit.History(
                        ended.command() instanceof Command.StartOver ? Commit.Position.ROOT : null,
                        ended.entries(),
                        null),
                new Commit.State(
                        ended.components(),
                        ended.command() instanceof Command.Describe(var metadata) ? metadata : null),
                new Commit.Settlement(ended.inputs(), dead, shared(ended.sends()), ended.usage()),
                new Commit.Record(
                        ended.outcome(),
                        TurnRecords.fold(started, ended),
                        List.of(),
                        node.knownBlobs().unknown(ended.blobs())));
    }

    private void adopt(
            Turns.Started started,
            Drive drive,
            TurnResult.Ended ended,
            CommitResult.Committed committed,
            SessionCache.Settled settled) {
        String session = started.session().id();
        node.knownBlobs().stored(ended.blobs());
        SessionRow after = committed.after();
        if (after != null) {
            Agent agent = java.util.Objects.requireNonNull(
                    node.agents().get(started.turn().agent()));
            var before = ended.command() instanceof Command.StartOver ? settledNothing() : settled;
            var now = Adopted.of(before, started, ended, committed, after.head(), agent.historyEntries());
            node.cache().adopt(session, now, node.environment().nanos());
            drive.committed(after);
        }
        TurnOutcome outcome = committed.repeated() ? stored(drive, ended) : ended.outcome();
        drive.publish(new Activity.TurnEnded(started.turn().id(), outcome));
        drive.publish(
                new Activity.Committed(committed.revision(), ended.entries().size()));
        drive.told();
        node.ends().ended(drive.turn(), outcome);
        drive.settled(ended.inputs());
        drive.tellJoined();
        if (!committed.repeated()) {
            ended.sends().forEach(s -> announce(s, committed));
        }
    }

    private void announce(Inbox.NewInput sent, CommitResult.Committed committed) {
        if (!committed.droppedTo().contains(sent.session())) {
            node.sent(sent.session());
        }
    }

    /** The first commit counts, also in what its intent leaves out, such as the partial answer of a cancelled turn (S11). */
    private TurnOutcome stored(Drive drive, TurnResult.Ended ended) {
        var ref = drive.turn();
        return node.storage()
                .turns()
                .find(ref.session(), ref.turn())
                .map(TurnRow::ending)
                .map(TurnRow.Ending::outcome)
                .orElse(ended.outcome());
    }

    /** T11: somebody moved the head under our lease; effects are not driven again for it. */
    private void conflicted(Turns.Started started, Drive drive, TurnResult.Ended ended, CommitResult.Conflict conflict)
            throws InterruptedException {
        var failed = new TurnOutcome.Failed(
                started.turn().id(),
                "conflict",
                "the session's head was moved from revision " + conflict.expected() + " to " + conflict.actual()
                        + " while the turn ran",
                true);
        var evidence = withOutcome(ended, failed);
        drive.moved(conflict.actual());
        CommitResult again = send(commitOf(started, drive, evidence, conflict.actual()));
        if (again instanceof CommitResult.Committed committed) {
            adopt(
                    started,
                    drive,
                    evidence,
                    new CommitResult.Committed(committed.revision(), committed.repeated(), List.of(), null, List.of()),
                    settledNothing());
        } else {
            throw new IllegalStateException("session " + started.session().id() + ": " + again);
        }
    }

    private static SessionCache.Settled settledNothing() {
        return new SessionCache.Settled(0, List.of(), Map.of());
    }

    /** S13: what does not fit is left out, the turn ends with the reason. */
    private void overBudget(
            Turns.Started started,
            Drive drive,
            TurnResult.Ended ended,
            CommitResult.OverBudget over,
            SessionCache.Settled settled)
            throws InterruptedException {
        var failed = new TurnOutcome.Failed(
                started.turn().id(),
                "commit_budget",
                "the turn's commit has " + over.actual() + " " + over.limit() + ", the limit is " + over.most()
                        + "; raise the storage's commit budget or do less in one turn",
                false);
        var small = new TurnResult.Ended(
                failed,
                List.of(dev.turnbuckle.session.Message.runtime("A turn ended without being kept: " + failed.message())),
                ended.inputs(),
                List.of(),
                ended.usage(),
                null,
                List.of(),
                List.of(),
                false,
                null);
        if (ended.outcome() instanceof TurnOutcome.Failed f && f.code().equals("commit_budget")) {
            throw new IllegalStateException("even the failure does not fit the commit budget: " + over);
        }
        commit(started, drive, small, settled);
    }

    /** What tools sent, or the state they left, is not acceptable: the turn ends without it and says why (T12). */
    private void refused(
            Turns.Started started,
            Drive drive,
            TurnResult.Ended ended,
            InvalidInputException why,
            SessionCache.Settled settled)
            throws InterruptedException {
        if (ended.sends().isEmpty() && ended.components() == null) {
            throw why;
        }
        LOG.warn(
                "turn {} of session {} ends without what its tools sent: {}",
                started.turn().id(),
                started.session().id(),
                why.getMessage());
        TurnOutcome outcome = ended.outcome() instanceof TurnOutcome.Answered
                ? new TurnOutcome.Failed(started.turn().id(), "commit_refused", String.valueOf(why.getMessage()), false)
                : ended.outcome();
        var less = new TurnResult.Ended(
                outcome,
                ended.entries(),
                ended.inputs(),
                List.of(),
                ended.usage(),
                ended.sends().isEmpty() ? null : ended.components(),
                ended.journal(),
                ended.blobs(),
                false,
                null);
        commit(started, drive, less, settled);
    }

    private TurnResult.Ended named(Drive drive, TurnResult.Ended ended) {
        return withOutcome(ended, cancelledOutcome(drive, ended));
    }

    private TurnOutcome cancelledOutcome(Drive drive, TurnResult.Ended ended) {
        var ref = drive.turn();
        var gate = node.storage().turns().find(ref.session(), ref.turn()).map(t -> t.gate());
        String by = gate.map(g -> String.valueOf(g.by())).orElse("");
        String reason = gate.map(g -> String.valueOf(g.reason())).orElse("");
        String partial = switch (ended.outcome()) {
            case TurnOutcome.Cancelled c -> c.partialText();
            case TurnOutcome.Answered a -> a.answer();
            default -> "";
        };
        return new TurnOutcome.Cancelled(ref.turn(), partial, by, reason);
    }

    /** The turn ends otherwise than it meant to; a command is not carried out then, nor does it clear any state. */
    private static TurnResult.Ended withOutcome(TurnResult.Ended ended, TurnOutcome outcome) {
        return new TurnResult.Ended(
                outcome,
                ended.entries(),
                ended.inputs(),
                ended.sends(),
                ended.usage(),
                ended.command() == null ? ended.components() : null,
                ended.journal(),
                ended.blobs(),
                false,
                null);
    }
}
