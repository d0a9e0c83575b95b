package dev.turnbuckle.internal.worker;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.internal.engine.TurnFacts;
import dev.turnbuckle.internal.engine.TurnLoop;
import dev.turnbuckle.internal.engine.TurnResult;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.session.Command;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Turns;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drives one started turn to its commit, its suspension, or back to the inbox. */
final class Driver {
    private static final Logger LOG = LoggerFactory.getLogger(Driver.class);

    static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** How often a held turn is looked at by a build that may fit it (T4). */
    private static final Duration HELD_PAUSE = Duration.ofMinutes(1);

    private final Node node;
    private final Committing committing;

    Driver(Node node) {
        this.node = node;
        this.committing = new Committing(node);
    }

    /**
     * @param driving told which drive is under way, so that renewals and cancels reach it
     */
    void drive(Turns.Started started, Consumer<Drive> driving) throws InterruptedException {
        var turn = started.turn();
        var session = started.session();
        Agent agent = node.agents().get(turn.agent());
        if (agent == null) {
            throw new IllegalStateException("claimed a session of the unknown agent " + turn.agent());
        }
        Context trace = node.tracing().startTurn(session.id(), turn.id().value(), agent.name(), traceOf(started));
        var drive = new Drive(node, agent, started, trace);
        driving.accept(drive);
        try (var log = Tracing.logContext(session.id(), turn.id().value(), drive.context())) {
            announce(started, drive);
            run(started, agent, drive);
        } catch (InterruptedException e) {
            drive.retract();
            throw e;
        } catch (TurnbuckleException e) { // the worker's edge: the environment failed, the next driver goes on
            abandon(drive, agent, started, e);
        } catch (RuntimeException e) { // the worker's edge: a bug must not take the worker with it
            abandon(drive, agent, started, e);
        } finally {
            Span.fromContext(trace).end();
        }
    }

    private static @Nullable String traceOf(Turns.Started started) {
        InboxItem opening = started.opening();
        return opening == null ? null : opening.trace();
    }

    /** A re-driven turn takes back what its earlier drive showed, as far as this live replay has it. */
    private void announce(Turns.Started started, Drive drive) {
        var turn = started.turn();
        String session = started.session().id();
        if (turn.attempts() > 1) {
            drive.retract();
        }
        drive.publish(new Activity.TurnStarted(turn.id(), turn.attempts()));
        started.inputs().stream()
                .filter(i -> i.delivery() == InboxItem.Delivery.STEER) // it was too late to join another turn
                .forEach(i -> node.ends().changed(new Turns.TurnRef(session, i.turn())));
    }

    private void run(Turns.Started started, Agent agent, Drive drive) throws InterruptedException {
        SessionCache.Settled settled = settled(started, agent, drive);
        var loop = new TurnLoop(agent, facts(started, settled), drive);
        TurnResult prepared = prepared(started, loop);
        TurnResult result = prepared == null ? loop.run() : prepared;
        while (result instanceof TurnResult.Ended ended && !committing.commit(started, drive, ended, settled)) {
            result = loop.steered();
        }
        switch (result) {
            case TurnResult.Ended committed -> {}
            case TurnResult.Mismatch mismatch -> mismatched(started, drive, mismatch, settled);
            case TurnResult.Waiting waiting -> suspend(started, drive, waiting);
            case TurnResult.LeaseLost lost -> {
                LOG.warn(
                        "lease of session {} lost ({}); the turn goes on where it was taken",
                        started.session().id(),
                        lost.why());
                drive.retract();
            }
            case TurnResult.Drained d -> {
                drive.retract();
                node.storage()
                        .turns()
                        .abandon(drive.lease(), started.turn().id(), Turns.Handback.drained(drive.driven()));
            }
        }
    }

    /** A result that needs no driving: too many attempts, or a command. */
    private @Nullable TurnResult prepared(Turns.Started started, TurnLoop loop) {
        var turn = started.turn();
        if (turn.attempts() > node.options().attempts()) {
            return loop.refused(new TurnOutcome.Failed(
                    turn.id(),
                    "attempts_exhausted",
                    "the turn failed " + node.options().attempts() + " times; the last error: "
                            + (turn.lastError() == null ? "the program stopped in the middle of it" : turn.lastError()),
                    true));
        }
        InboxItem first = started.opening();
        return first != null && first.kind() == InboxItem.Kind.COMMAND
                ? loop.commanded(Json.read(first.content(), Command.class))
                : null;
    }

    private TurnFacts facts(Turns.Started started, SessionCache.Settled settled) {
        List<InboxItem> inputs = started.inputs();
        InboxItem first = started.opening();
        return new TurnFacts(
                started.session().id(),
                started.turn().id(),
                started.turn().attempts(),
                started.turn().times().driven(),
                settled.entries(),
                started.session().head().chain(),
                settled.components(),
                inputs,
                started.journal(),
                started.waits(),
                first == null || first.kind() == InboxItem.Kind.COMMAND
                        ? null
                        : Json.read(first.content(), InboxItem.Content.class).answerSchema(),
                first == null ? Map.of() : first.context());
    }

    private SessionCache.Settled settled(Turns.Started started, Agent agent, Drive drive) {
        SessionRow session = started.session();
        SessionRow.Head head = session.head();
        Long recordedFrom = TurnLoop.recordedFrom(started.journal(), drive::blob);
        long from = Math.max(1, head.depth() - agent.historyEntries() + 1);
        if (recordedFrom == null || recordedFrom >= from) {
            SessionCache.Settled cached = node.cache().at(session.id(), head.revision());
            if (cached != null) {
                return cached;
            }
        } else {
            from = recordedFrom;
        }
        List<Entry> entries = head.depth() == 0
                ? List.of()
                : node.storage().sessions().path(session.id(), new SessionStore.From.Depth(from));
        Map<String, Component> components =
                head.checkpoint() == null ? Map.of() : node.storage().sessions().components(session.id());
        return new SessionCache.Settled(head.revision(), entries, components);
    }

    private void suspend(Turns.Started started, Drive drive, TurnResult.Waiting waiting) {
        var turn = started.turn();
        var result = node.storage()
                .turns()
                .suspend(new Turns.SuspendRequest(
                        drive.lease(), turn.id(), waiting.waits(), waiting.entries(), waiting.blobs(), drive.driven()));
        switch (result) {
            case Turns.Suspension.Suspended s -> {
                var waits = waiting.waits().stream().map(w -> w.open()).toList();
                drive.publish(new Activity.TurnSuspended(turn.id(), waits));
                node.ends().changed(drive.turn());
                drive.tellJoined();
            }
            case Turns.Suspension.Ready r -> {
                drive.record(waiting.entries(), waiting.blobs()); // performed already, so it is not done again
                node.storage().turns().abandon(drive.lease(), turn.id(), Turns.Handback.drained(drive.driven()));
            }
            case Turns.Suspension.LeaseLost lost -> {
                LOG.warn(
                        "session {}: not suspended, lease lost ({})",
                        started.session().id(),
                        lost.why());
                drive.retract();
            }
        }
    }

    private void mismatched(
            Turns.Started started, Drive drive, TurnResult.Mismatch mismatch, SessionCache.Settled settled)
            throws InterruptedException {
        LOG.error("session {}: {}", started.session().id(), mismatch.message());
        if (node.options().holdOnMismatch() && !drive.cancelRequested()) {
            node.storage()
                    .turns()
                    .abandon(
                            drive.lease(),
                            started.turn().id(),
                            new Turns.Handback(mismatch.message(), HELD_PAUSE, false, drive.driven()));
        } else {
            committing.commit(started, drive, mismatch.asFailure(), settled);
        }
    }

    private void abandon(Drive drive, Agent agent, Turns.Started started, RuntimeException failure) {
        var turn = started.turn();
        LOG.warn(
                "turn {} of session {} failed in attempt {}; it is tried again",
                turn.id(),
                started.session().id(),
                turn.attempts(),
                agent.redactions().isEmpty() ? failure : agent.redacted(failure.toString()));
        drive.retract();
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(turn.attempts() - 1, 20));
        try {
            node.storage()
                    .turns()
                    .abandon(
                            drive.lease(),
                            turn.id(),
                            new Turns.Handback(
                                    agent.redacted(failure.toString()),
                                    pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE,
                                    true,
                                    drive.driven()));
        } catch (TurnbuckleException again) { // the lease will expire, and the turn is taken then
            LOG.warn("could not hand back session {}: {}", started.session().id(), again.toString());
        }
    }
}
