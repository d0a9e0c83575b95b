package dev.turnbuckle.store.plan;

import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Decides a commit: what it means (the intent), and whether it may land (S10). */
public final class CommitPlan {
    private CommitPlan() {}

    /** Chain of an entry: its own hash and its predecessor's chain (design section 7). */
    public static String chain(String before, String entryHash) {
        return Hash.of(before, entryHash);
    }

    /**
     * Hash of what the commit means (S12), without authority and chance.
     *
     * @param hashes of the history payloads as they are stored
     */
    static String intent(Commit commit, List<String> hashes) {
        var json = Json.object();
        json.put("session", commit.target().session());
        json.put("turn", commit.target().turn().value());
        var history = json.putObject("history");
        if (commit.history().base() != null) {
            history.set("base", Json.tree(commit.history().base()));
        }
        if (commit.history().compaction() != null) {
            history.put("compaction", String.valueOf(commit.history().compaction()));
        }
        var entries = history.putArray("entries");
        hashes.forEach(entries::add);
        if (commit.state().components() != null) {
            var components = json.putObject("components");
            new TreeMap<>(commit.state().components()).forEach((name, c) -> components.put(name, c.hash()));
        }
        if (commit.state().metadata() != null) {
            json.set("metadata", Json.tree(commit.state().metadata()));
        }
        var usage = json.putArray("usage");
        commit.settlement().usage().forEach(u -> usage.add(u.ordinal() + " " + u.source() + " " + u.model()));
        var inputs = json.putArray("inputs");
        commit.settlement().inputs().forEach(i -> inputs.add(String.valueOf(i)));
        var sends = json.putArray("sends");
        for (Inbox.NewInput s : commit.settlement().sends()) {
            sends.add(Hash.of(s.session(), s.kind().name(), s.content(), String.valueOf(s.key())));
        }
        var attachments = json.putArray("attachments");
        commit.record().attachments().stream().map(Blob::hash).forEach(attachments::add);
        TurnOutcome outcome = commit.record().outcome();
        json.put("outcome", outcome.code());
        json.put("dead", commit.settlement().dead());
        return Hash.of(Json.canonical(json));
    }

    /** Receipt, fence, gate, revision, in this order; {@code null} when none of them is against it. */
    static @Nullable CommitResult refusal(Commit commit, Facts facts, String intent) {
        TurnRow turn = facts.turn();
        if (turn != null && turn.ending() != null) {
            return turn.ending().intent().equals(intent)
                    ? new CommitResult.Committed(
                            turn.ending().revision(), true, turn.ending().dropped(), null, List.of())
                    : new CommitResult.CommittedDifferently(turn.ending().revision());
        }
        String lost = LeasePlan.lost(facts.lease(), commit.target().lease(), facts.now());
        if (lost != null) {
            return new CommitResult.LeaseLost(lost);
        }
        if (turn == null || !commit.target().turn().equals(facts.session().openTurn())) {
            return new CommitResult.LeaseLost("turn is not open");
        }
        if (turn.gate().cancelled() && !(commit.record().outcome() instanceof TurnOutcome.Cancelled)) {
            return new CommitResult.CancelledBefore(
                    turn.gate().by(), turn.gate().reason());
        }
        long actual = facts.session().head().revision();
        if (actual != commit.target().expectedRevision()) {
            return new CommitResult.Conflict(commit.target().expectedRevision(), actual);
        }
        return null;
    }

    /** What is asked last; {@code null} when the turn holds every input that is settled. */
    static CommitResult.@Nullable ClaimLost claimLost(Commit commit, Facts facts) {
        for (long input : commit.settlement().inputs()) {
            InboxItem row = facts.claimed().get(input);
            if (row == null
                    || row.status().generation() != commit.target().lease().generation()) {
                return new CommitResult.ClaimLost(input);
            }
        }
        return null;
    }

    /** @param claimed rows that the turn holds, by sequence */
    record Facts(
            SessionRow session,
            @Nullable TurnRow turn,
            @Nullable Lease lease,
            Map<Long, InboxItem> claimed,
            Instant now) {}
}
