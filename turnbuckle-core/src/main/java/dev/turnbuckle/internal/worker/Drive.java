package dev.turnbuckle.internal.worker;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.internal.engine.TurnPort;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.tool.ToolSpec;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** One drive of one turn on this node: the engine's port to the outside. */
final class Drive implements TurnPort {
    private final Node node;
    private final Agent agent;
    private final Turns.TurnRef turn;
    private final Environment.Signal wake;
    private final Tracing.Of traced;
    private final long begunAt;
    /** What inputs that joined this turn would have been, with their rows. Of the turn's task, as what follows. */
    private final Map<Turns.TurnRef, Long> joined = new LinkedHashMap<>();

    /** Rows that the commit settled. */
    private List<Long> settled = List.of();

    private final Instant startedAt;
    private volatile Lease lease;
    private volatile long base;
    private volatile boolean cancelled;
    private volatile boolean steered;
    private volatile @Nullable String lost;
    private volatile boolean told;
    private volatile @Nullable SessionRow after;

    Drive(Node node, Agent agent, Turns.Started started, Context trace) {
        this.node = node;
        this.agent = agent;
        this.turn = new Turns.TurnRef(started.session().id(), started.turn().id());
        this.wake = node.environment().signal();
        this.lease = started.lease();
        this.base = started.session().head().revision();
        this.cancelled = started.turn().gate().cancelled();
        this.traced = new Tracing.Of(turn, trace, contextOf(started));
        this.begunAt = node.environment().nanos();
        joined(started.inputs());
        this.startedAt = started.lease().acquiredAt();
    }

    private static Map<String, String> contextOf(Turns.Started started) {
        InboxItem opening = started.opening();
        return opening == null ? Map.of() : opening.context();
    }

    /** Of the input that opened the turn (Q1). */
    Map<String, String> context() {
        return traced.context();
    }

    Turns.TurnRef turn() {
        return turn;
    }

    /** On the monotonic clock. */
    long begunAt() {
        return begunAt;
    }

    /** Time since this drive began. */
    Duration driven() {
        return Duration.ofNanos(node.environment().nanos() - begunAt);
    }

    Lease lease() {
        return lease;
    }

    /** What keeps out of a shared stream what this drive shows too late. */
    LiveReplay.Origin origin() {
        return new LiveReplay.Origin(base, lease.generation());
    }

    /** Somebody moved the head while this drive ran (T11). */
    void moved(long revision) {
        base = revision;
    }

    /** Takes back what this turn has shown so far (O18). */
    void retract() {
        node.live().retract(turn.session(), origin(), turn.turn());
    }

    void renewed(Lease next) {
        lease = next;
    }

    void committed(SessionRow session) {
        after = session;
    }

    /** Everything of this turn, its commit last, is in the live stream. */
    void told() {
        told = true;
    }

    /** Whether this drive may still commit, or has and is about to say so: nobody else here says it first (O16). */
    boolean tells() {
        return !told && lost == null;
    }

    /** The session after this drive's commit; {@code null} when there was none. */
    @Nullable SessionRow after() {
        return after;
    }

    void lost(String why) {
        lost = why;
        wake.raise();
    }

    void cancel() {
        cancelled = true;
        wake.raise();
    }

    @Override
    public Environment environment() {
        return node.environment();
    }

    @Override
    public Journal.RecordResult record(List<JournalEntry> entries, List<Blob> blobs) {
        if (lost != null) {
            return new Journal.RecordResult.LeaseLost(lost);
        }
        List<Blob> news = node.knownBlobs().unknown(blobs);
        return recorded(node.storage().journal().record(lease, turn.turn(), entries, news), news);
    }

    private Journal.RecordResult recorded(Journal.RecordResult result, List<Blob> news) {
        if (result instanceof Journal.RecordResult.Recorded recorded) {
            node.knownBlobs().stored(news);
            steered = recorded.steered();
            if (recorded.cancelRequested()) {
                cancel();
            }
        }
        return result;
    }

    @Override
    public SharedTransaction begin() {
        return node.storage().begin();
    }

    @Override
    public Journal.RecordResult record(SharedTransaction transaction, List<JournalEntry> entries, List<Blob> blobs) {
        if (lost != null) {
            return new Journal.RecordResult.LeaseLost(lost);
        }
        List<Blob> news = node.knownBlobs().unknown(blobs);
        var result = transaction.storage().journal().record(lease, turn.turn(), entries, news);
        if (result instanceof Journal.RecordResult.Recorded) {
            transaction.commit();
        }
        return recorded(result, news);
    }

    private void joined(List<InboxItem> rows) {
        for (InboxItem row : rows) {
            var own = new Turns.TurnRef(turn.session(), row.turn());
            if (!own.equals(turn)) {
                joined.put(own, row.sequence());
            }
        }
    }

    /** Who waits for an input that joined this turn looks again (T1, Q5). */
    void tellJoined() {
        joined.keySet().forEach(node.ends()::changed);
    }

    void settled(List<Long> inputs) {
        settled = inputs;
    }

    /** Whether it drove the turn that this input opened, or the one that it became part of. */
    boolean was(TurnId input) {
        Long row = joined.get(new Turns.TurnRef(turn.session(), input));
        return turn.turn().equals(input) || (row != null && settled.contains(row));
    }

    @Override
    public Inbox.Steers claimSteers(int point) {
        Inbox.Steers steers = node.storage().inbox().claimSteers(lease, turn.turn(), point);
        if (steers instanceof Inbox.Steers.Claimed(var items)) {
            joined(items);
            items.forEach(i -> node.ends().changed(new Turns.TurnRef(turn.session(), i.turn())));
        }
        return steers;
    }

    @Override
    public boolean steered() {
        return steered;
    }

    /** The store said what time it is when it gave the lease. */
    @Override
    public Instant storeNow() {
        return startedAt.plusNanos(node.environment().nanos() - begunAt);
    }

    @Override
    public Decision expire(WaitId wait) {
        return node.storage()
                .journal()
                .resolve(wait, Decision.Answer.of(Decision.Verdict.EXPIRED), "deadline")
                .orElseThrow(() -> new IllegalStateException("wait " + wait + " of an open turn is gone"));
    }

    @Override
    public Blob blob(String hash) {
        return node.storage()
                .blobs()
                .get(hash)
                .orElseThrow(() -> new IllegalStateException("blob " + hash + " of an open turn is missing"));
    }

    @Override
    public Model model(ModelSpec pinned) {
        return agent.models().stream()
                .filter(m -> m.spec().name().equals(pinned.name()))
                .findFirst()
                .orElseGet(() -> node.model(pinned.name(), agent.model()));
    }

    @Override
    public void publish(Activity activity) {
        node.live().append(turn.session(), origin(), activity);
    }

    @Override
    public boolean cancelRequested() {
        return cancelled;
    }

    @Override
    public Environment.Signal wake() {
        return wake;
    }

    @Override
    public boolean draining() {
        return node.draining() || lost != null;
    }

    @Override
    public boolean stopping() {
        return node.stopping() || lost != null;
    }

    @Override
    public @Nullable Place enter(ToolSpec tool) throws InterruptedException {
        return node.places().enter(agent.name(), tool, () -> cancelled || stopping());
    }

    @Override
    public <T> T spanned(String kind, String name, String key, Callable<T> body) throws Exception {
        return node.tracing().spanned(traced, kind, name, key, body);
    }

    @Override
    public void seam(String name) {
        node.options().probe().at(name);
    }
}
