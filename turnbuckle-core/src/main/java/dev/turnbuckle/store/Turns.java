package dev.turnbuckle.store;

import dev.turnbuckle.session.CancelResult;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Page;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.TurnId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The turn row: opening, suspending, cancelling (rules T). Ending it is {@link SessionStore#commit}. Each call is one transaction. */
public interface Turns {
    /** Acquires the lease, claims what is due, and opens or re-opens the turn: one transaction (J14). */
    Start start(StartRequest request);

    /** One fenced transaction: records, inserts the waits, releases the lease (T5). */
    Suspension suspend(SuspendRequest request);

    /**
     * Gives the turn back to the inbox and releases its lease.
     *
     * @return false when the lease was no longer this holder's; then nothing changed
     */
    boolean abandon(Lease lease, TurnId turn, Handback handback);

    /** Sets the gate, or cancels the input that has not been claimed (T8). */
    CancelResult cancel(String session, TurnId turn, String by, String reason);

    Optional<TurnRow> find(String session, TurnId turn);

    /** Newest first. */
    Page<TurnRow> list(String session, PageRequest page);

    /** Those of the given turns whose gate is cancelled. */
    Set<TurnRef> cancelled(Collection<TurnRef> turns);

    record TurnRef(String session, TurnId turn) {}

    /**
     * How a turn is given back.
     *
     * @param error why, {@code null} for a drain
     * @param pause before the next attempt
     * @param counted false for a drain, which is no failed attempt (T12)
     * @param driven time that this drive spent (J19)
     */
    record Handback(@Nullable String error, Duration pause, boolean counted, Duration driven) {
        /** At once, and not counted. */
        public static Handback drained(Duration driven) {
            return new Handback(null, Duration.ZERO, false, driven);
        }
    }

    /** @param merging those of the agents whose inputs merge (T1) */
    record StartRequest(String session, Claimant by, Duration ttl, Set<String> agents, Set<String> merging) {
        /** One input opens one turn. */
        public StartRequest(String session, Claimant by, Duration ttl, Set<String> agents) {
            this(session, by, ttl, agents, Set.of());
        }
    }

    /**
     * What a driver needs to drive.
     *
     * @param journal recorded entries, when the turn was driven before
     * @param displaced the holder that lost the lease by expiry or death
     */
    record Started(
            Lease lease,
            TurnRow turn,
            SessionRow session,
            List<InboxItem> inputs,
            List<JournalEntry> journal,
            List<WaitRow> waits,
            @Nullable Claimant displaced) {
        /** The input that the turn is named by; what joined it may be older. {@code null} when it has none. */
        public @Nullable InboxItem opening() {
            return inputs.stream()
                    .filter(i -> i.turn().equals(turn.id()))
                    .findFirst()
                    .orElse(null);
        }
    }

    sealed interface Start {
        record Go(Started started) implements Start {}

        record Busy(Lease held) implements Start {}

        /** @param due when there may be something, if that is known */
        record Empty(EmptyReason reason, @Nullable Instant due) implements Start {}
    }

    /** Why there is nothing to claim (Q11). */
    enum EmptyReason {
        NOTHING,
        NOT_YET,
        TURN_WAITS,
        UNKNOWN_AGENT,
        DELETED
    }

    record SuspendRequest(
            Lease lease,
            TurnId turn,
            List<WaitRow> waits,
            List<JournalEntry> entries,
            List<Blob> blobs,
            Duration driven) {}

    sealed interface Suspension {
        record Suspended() implements Suspension {}

        /** An awaited wait was decided, or the turn cancelled, meanwhile: drive on. Nothing changed. */
        record Ready() implements Suspension {}

        record LeaseLost(String why) implements Suspension {}
    }
}
