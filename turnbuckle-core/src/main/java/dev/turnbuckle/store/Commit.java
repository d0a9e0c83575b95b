package dev.turnbuckle.store;

import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The atomic step that ends a turn (S6): everything lands, or nothing. */
public record Commit(Target target, History history, State state, Settlement settlement, Record record) {
    /** @throws IllegalArgumentException for usage of another turn: a commit counts its own, and so each once (S32) */
    public Commit {
        for (UsageRow row : settlement.usage()) {
            if (!row.turn().equals(target.turn())) {
                throw new IllegalArgumentException("usage of turn " + row.turn() + " in the commit of turn "
                        + target.turn() + ": a commit counts its own turn's");
            }
        }
    }

    /**
     * @param expectedRevision the revision that the turn was driven from (S7)
     * @param unlessSteered refused while an input waits that joins the turn at its last safe point (Q5)
     * @param from what the driver was given under this lease: a storage far away then only asks whether it is still so.
     *     {@code null} for a driver that kept nothing. It changes no result.
     */
    public record Target(
            String session,
            TurnId turn,
            Lease lease,
            long expectedRevision,
            boolean unlessSteered,
            Turns.@Nullable Started from) {
        public Target(String session, TurnId turn, Lease lease, long expectedRevision) {
            this(session, turn, lease, expectedRevision, false, null);
        }
    }

    /**
     * @param base where the entries are appended; {@code null} for the head
     * @param compaction depth that the model's view keeps from, with the first entry as its summary (S20)
     */
    public record History(
            @Nullable Position base,
            List<Message> entries,
            @Nullable Long compaction) {
        public History {
            entries = List.copyOf(entries);
        }

        public static History append(List<Message> entries) {
            return new History(null, entries, null);
        }
    }

    /** Identity of an entry; {@link #ROOT} starts over on a new root branch. */
    public record Position(long branch, long depth) {
        public static final Position ROOT = new Position(0, 0);
    }

    /**
     * @param components the complete map: a missing name means deleted; {@code null} leaves the checkpoint as it is
     * @param metadata the changed metadata, {@code null} when unchanged
     */
    public record State(
            @Nullable Map<String, Component> components,
            @Nullable Metadata metadata) {
        public static final State UNCHANGED = new State(null, null);
    }

    /**
     * @param inputs every row that the turn claimed
     * @param dead the rows end as dead, not applied (Q14)
     */
    public record Settlement(List<Long> inputs, boolean dead, List<Inbox.NewInput> sends, List<UsageRow> usage) {
        public Settlement {
            inputs = List.copyOf(inputs);
            sends = List.copyOf(sends);
            usage = List.copyOf(usage);
        }

        public static Settlement applied(List<Long> inputs, List<UsageRow> usage) {
            return new Settlement(inputs, false, List.of(), usage);
        }
    }

    /**
     * @param turnRecord the folded journal
     * @param attachments blobs that the history refers to
     * @param parts blobs that the turn record refers to and that were not stored before
     */
    @SuppressWarnings("AvoidCommonTypeNames") // the fifth group of S6, always written Commit.Record
    public record Record(TurnOutcome outcome, Blob turnRecord, List<Blob> attachments, List<Blob> parts) {
        public Record {
            attachments = List.copyOf(attachments);
            parts = List.copyOf(parts);
        }
    }
}
