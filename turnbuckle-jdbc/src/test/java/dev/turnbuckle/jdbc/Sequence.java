package dev.turnbuckle.jdbc;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.SessionSummary;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Move;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.UsageRow;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.testkit.tck.ManualClock;
import dev.turnbuckle.tool.EffectClass;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Calls on a storage, made up from a seed: sensible ones, late ones, repeated ones, ones that are refused. Each is made
 * once and then done on every {@link World}.
 */
final class Sequence {
    private static final List<String> SESSIONS = List.of("s", "S", "s2", "ü/π :1", "😀", "never");
    private static final List<String> TEXTS = List.of("Hello", "", "a\0b", "\uE000", "Grüße 😀", "x".repeat(300));
    private static final List<String> AGENTS =
            List.of("agent", "agent", "agent", "agent", "agent", "agent", "agent", "agent", "agent", "other");
    private static final Duration TTL = Duration.ofSeconds(30);

    private final Random random;
    private final List<TurnId> turns = new ArrayList<>();
    private final List<WaitId> waits = new ArrayList<>();
    private int made;

    Sequence(long seed) {
        random = new Random(seed);
    }

    /** One storage, and what was started on it. */
    interface World {
        Storage storage();

        void tick(Duration duration);

        Map<String, Turns.Started> started();

        /** The commit that was sent last. */
        List<Commit> sent();
    }

    record Call(String name, Function<World, Object> on) {}

    private record Kind(int weight, String name, Supplier<Function<World, Object>> make) {}

    private final List<Kind> kinds = List.of(
            new Kind(14, "accept", this::accept),
            new Kind(14, "start", this::start),
            new Kind(10, "record", this::record),
            new Kind(14, "commit", this::commit),
            new Kind(3, "commit again", this::commitAgain),
            new Kind(5, "suspend", this::suspend),
            new Kind(5, "resolve", this::resolve),
            new Kind(4, "abandon", this::abandon),
            new Kind(4, "cancel", this::cancel),
            new Kind(3, "claimSteers", this::claimSteers),
            new Kind(4, "renew", this::renew),
            new Kind(2, "release", this::release),
            new Kind(2, "acquire", this::acquire),
            new Kind(2, "create", this::create),
            new Kind(2, "describe", this::describe),
            new Kind(1, "delete", this::delete),
            new Kind(1, "reclaim", () -> w -> w.storage().maintenance().reclaim(1_000) >= 0),
            new Kind(2, "cancel inputs", this::cancelInputs),
            new Kind(1, "cancel from", this::cancelFrom),
            new Kind(1, "cancel waits", this::cancelWaits),
            new Kind(2, "dead", this::dead),
            new Kind(2, "move", this::move),
            new Kind(6, "tick", this::tick));

    Call next() {
        int at = random.nextInt(kinds.stream().mapToInt(Kind::weight).sum());
        for (Kind kind : kinds) {
            at -= kind.weight();
            if (at < 0) {
                return new Call(kind.name(), kind.make().get());
            }
        }
        throw new IllegalStateException("the weights add up");
    }

    /** Everything that can be read, of everything that there may be. */
    static List<Object> readings(World w) {
        var s = w.storage();
        var found = new ArrayList<>();
        found.add(s.sessions().list(SessionStore.Query.ALL, PageRequest.first(50)));
        for (var state : SessionSummary.State.values()) {
            found.add(s.sessions()
                    .list(new SessionStore.Query("s", Map.of(), null, state), PageRequest.first(2))
                    .items());
        }
        found.add(s.sessions().heads(SESSIONS));
        found.add(s.inbox().due(Set.of("agent", "other"), 10));
        found.add(s.inbox().due(Set.of("agent", "other"), Duration.ofMinutes(1), 10));
        found.add(s.inbox().dueByShare(Set.of("agent", "other"), Duration.ofSeconds(1), "", 10, 10));
        found.add(s.inbox().untilDue(Set.of("agent", "other")));
        found.add(s.journal().openWaits(Optional.empty(), 100));
        found.add(s.leases().list().stream().map(Object::toString).sorted().toList());
        for (String session : SESSIONS) {
            found.add(s.sessions().find(session));
            found.add(s.inbox().list(session, Set.of(InboxItem.State.values())));
            found.add(s.turns().list(session, PageRequest.first(50)));
            found.add(s.sessions().usage(session));
            found.add(s.leases().inspect(Scope.session(session)));
            boolean alive = s.sessions().find(session).map(r -> !r.deleted()).orElse(false);
            if (alive) {
                found.add(s.sessions().path(session, SessionStore.From.root()));
                found.add(s.sessions().path(session, new SessionStore.From.NewestCompaction()));
                found.add(s.sessions().path(session, new SessionStore.From.Depth(2)));
                found.add(s.sessions().components(session));
                var open = s.sessions().find(session).orElseThrow().openTurn();
                found.add(open == null ? List.of() : s.journal().read(session, open));
            }
        }
        return found;
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private String session() {
        return any(SESSIONS.subList(0, random.nextInt(12) == 0 ? 6 : 3));
    }

    private String text() {
        return any(TEXTS);
    }

    private TurnId freshTurn() {
        var turn = new TurnId("t-" + made++);
        turns.add(turn);
        return turn;
    }

    private TurnId someTurn() {
        return turns.isEmpty() || random.nextInt(10) == 0 ? new TurnId("t-unknown") : any(turns);
    }

    private Claimant claimant() {
        int n = random.nextInt(3);
        return new Claimant("node-" + n, "incarnation-" + n, "token-" + made++);
    }

    private Inbox.NewInput input() {
        var kind = random.nextInt(6) == 0 ? InboxItem.Kind.COMMAND : InboxItem.Kind.USER;
        return new Inbox.NewInput(
                session(),
                any(AGENTS),
                freshTurn(),
                kind,
                any(List.of(InboxItem.Delivery.values())),
                Json.write(new InboxItem.Content(Message.user(text()), null)),
                random.nextInt(3) == 0 ? "key-" + random.nextInt(6) : null,
                random.nextBoolean() ? Map.of() : Map.of("tenant", text()),
                random.nextBoolean() ? null : text(),
                random.nextInt(4) == 0 ? Duration.ofSeconds(5) : Duration.ZERO,
                random.nextInt(5) == 0 ? List.of(Blob.of("file " + random.nextInt(4))) : List.of());
    }

    private Function<World, Object> accept() {
        var input = input();
        return w -> w.storage().inbox().accept(input);
    }

    private Function<World, Object> start() {
        Set<String> merging = random.nextBoolean() ? Set.of("agent") : Set.of();
        var request = new Turns.StartRequest(session(), claimant(), TTL, Set.of("agent"), merging);
        return w -> {
            var start = w.storage().turns().start(request);
            if (start instanceof Turns.Start.Go go) {
                w.started().put(request.session(), go.started());
            }
            return start;
        };
    }

    /** Of whoever started last in a session, which may be long ago. */
    private Function<World, Object> held(BiFunction<World, Turns.Started, Object> act) {
        String first = session();
        int other = random.nextInt(4);
        return w -> {
            var started = w.started().get(first);
            if (started == null) {
                started = w.started().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .skip(other)
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(null);
            }
            return started == null ? "nothing started" : act.apply(w, started);
        };
    }

    private List<JournalEntry> entries() {
        return IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> {
                    boolean done = random.nextBoolean();
                    return new JournalEntry(
                            "model/" + random.nextInt(5),
                            "model",
                            any(List.of(EffectClass.values())),
                            "hash",
                            Json.write(text()),
                            done ? Json.write(text()) : null,
                            1,
                            Instant.ofEpochSecond(random.nextInt(1_000)),
                            done ? Instant.ofEpochSecond(2_000) : null);
                })
                .toList();
    }

    private Function<World, Object> record() {
        var entries = entries();
        List<Blob> blobs = random.nextBoolean() ? List.of() : List.of(Blob.of("blob " + random.nextInt(3)));
        return held((w, s) -> w.storage().journal().record(s.lease(), s.turn().id(), entries, blobs));
    }

    private Map<String, Component> components() {
        var components = new HashMap<String, Component>();
        for (int i = 0; i < random.nextInt(4); i++) {
            var bytes = Blob.of("[" + random.nextInt(5) + "]");
            components.put(
                    "c" + random.nextInt(3),
                    random.nextInt(4) == 0
                            ? new Component(1, bytes.hash(), "w", null)
                            : Component.changed(1, "w", bytes));
        }
        return components;
    }

    private Metadata metadata() {
        return new Metadata(text(), random.nextBoolean() ? null : "s", null, text(), null, Map.of("l", text()));
    }

    private TurnOutcome outcome(TurnId turn, int which) {
        return switch (which) {
            case 0 -> new TurnOutcome.Failed(turn, "attempts_exhausted", "broken\0", false);
            case 1 -> new TurnOutcome.Cancelled(turn, "partial", "alice", "stop");
            default -> new TurnOutcome.Answered(turn, "done", Usage.of(1, 2));
        };
    }

    private Function<World, Object> commit() {
        var messages = IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> i % 2 == 0
                        ? Message.user(text())
                        : Message.of(Message.Role.ASSISTANT, List.of(new Part.Text(text()))))
                .toList();
        boolean anew = random.nextInt(8) == 0;
        Long compaction = random.nextInt(6) == 0 && !messages.isEmpty() ? Long.valueOf(1) : null;
        var state = new Commit.State(
                random.nextBoolean() ? null : components(), random.nextInt(4) == 0 ? metadata() : null);
        List<Inbox.NewInput> sends = random.nextInt(3) == 0 ? List.of(input(), input()) : List.of();
        int which = random.nextInt(6);
        boolean stale = random.nextInt(10) == 0;
        boolean unlessSteered = random.nextBoolean();
        boolean settles = random.nextInt(10) != 0;
        int usage = random.nextInt(3);
        return held((w, s) -> {
            var turn = s.turn().id();
            var commit = new Commit(
                    new Commit.Target(
                            s.session().id(),
                            turn,
                            s.lease(),
                            s.session().head().revision() + (stale ? 1 : 0),
                            unlessSteered,
                            s),
                    new Commit.History(anew ? Commit.Position.ROOT : null, messages, compaction),
                    state,
                    new Commit.Settlement(
                            settles
                                    ? s.inputs().stream()
                                            .map(InboxItem::sequence)
                                            .toList()
                                    : List.of(),
                            which == 0,
                            sends,
                            IntStream.range(0, usage)
                                    .mapToObj(i -> new UsageRow(turn, i / 2, "model", "m", Usage.of(i, 2)))
                                    .toList()),
                    new Commit.Record(
                            outcome(turn, which), Blob.of("record " + turn), List.of(Blob.of("picture")), List.of()));
            w.sent().add(commit);
            return w.storage().sessions().commit(commit);
        });
    }

    private Function<World, Object> commitAgain() {
        return w -> w.sent().isEmpty()
                ? "nothing sent"
                : w.storage().sessions().commit(w.sent().getLast());
    }

    private Function<World, Object> suspend() {
        var id = new WaitId("w-" + made++);
        waits.add(id);
        var entries = entries();
        var deadline = random.nextBoolean() ? null : ManualClock.BEGINNING.plusSeconds(random.nextInt(600));
        var escalation = random.nextInt(3) == 0
                ? new OpenWait.Escalation(ManualClock.BEGINNING.plusSeconds(random.nextInt(300)), "bob", false)
                : null;
        String question = text();
        return held((w, s) -> {
            var open = new OpenWait(
                    id,
                    s.session().id(),
                    s.turn().id(),
                    OpenWait.Kind.APPROVAL,
                    question,
                    "{}",
                    Instant.EPOCH,
                    deadline,
                    escalation);
            return w.storage()
                    .turns()
                    .suspend(new Turns.SuspendRequest(
                            s.lease(),
                            s.turn().id(),
                            List.of(new WaitRow(open, "model/1/tool/0/approval", null)),
                            entries,
                            List.of(),
                            Duration.ofMillis(17)));
        });
    }

    private Function<World, Object> resolve() {
        var id = waits.isEmpty() ? new WaitId("w-unknown") : any(waits);
        var verdict = any(List.of(Decision.Verdict.APPROVED, Decision.Verdict.REJECTED, Decision.Verdict.EXPIRED));
        String why = text();
        return w -> w.storage().journal().resolve(id, new Decision.Answer(verdict, why, null), "bob");
    }

    private Function<World, Object> abandon() {
        var handback = new Turns.Handback(
                random.nextBoolean() ? null : text(),
                random.nextBoolean() ? Duration.ZERO : Duration.ofSeconds(2),
                random.nextBoolean(),
                Duration.ofMillis(3));
        return held((w, s) -> w.storage().turns().abandon(s.lease(), s.turn().id(), handback));
    }

    private Function<World, Object> cancel() {
        String session = session();
        TurnId turn = someTurn();
        String why = text();
        return w -> {
            var started = w.started().get(session);
            var of = started != null && turn.value().length() % 2 == 0
                    ? started.turn().id()
                    : turn;
            return w.storage().turns().cancel(session, of, "alice", why);
        };
    }

    private Function<World, Object> claimSteers() {
        int point = random.nextInt(3);
        return held(
                (w, s) -> w.storage().inbox().claimSteers(s.lease(), s.turn().id(), point));
    }

    private Function<World, Object> renew() {
        return w -> w.storage()
                .leases()
                .renew(
                        w.started().values().stream()
                                .map(Turns.Started::lease)
                                .sorted(Comparator.comparing(l -> l.scope().id()))
                                .toList(),
                        TTL.plusSeconds(1));
    }

    private Function<World, Object> release() {
        return held((w, s) -> w.storage().leases().release(s.lease()));
    }

    private Function<World, Object> acquire() {
        var scope = new Scope(any(List.of("session", "trigger")), session());
        var by = claimant();
        return w -> w.storage().leases().acquire(scope, by, TTL);
    }

    private Function<World, Object> create() {
        String session = session();
        String agent = any(AGENTS);
        var metadata = metadata();
        return w -> w.storage().sessions().create(session, agent, metadata);
    }

    private Function<World, Object> describe() {
        String session = session();
        var metadata = metadata();
        return w -> {
            w.storage().sessions().describe(session, metadata);
            return "described";
        };
    }

    private Function<World, Object> delete() {
        String session = session();
        return w -> w.storage().sessions().delete(session);
    }

    private Inbox.Ref ref() {
        return random.nextBoolean() ? new Inbox.Ref.Turn(someTurn()) : new Inbox.Ref.Key("key-" + random.nextInt(6));
    }

    private Function<World, Object> cancelInputs() {
        String session = session();
        var refs = List.of(ref(), ref(), ref());
        return w -> w.storage().inbox().cancel(session, refs);
    }

    private Function<World, Object> cancelFrom() {
        String session = session();
        var anchor = ref();
        return w -> w.storage().inbox().cancelFrom(session, anchor);
    }

    private Function<World, Object> cancelWaits() {
        String session = session();
        return w -> w.storage().journal().cancelWaits(session, "carol");
    }

    private Function<World, Object> dead() {
        String session = session();
        var ref = ref();
        boolean retry = random.nextBoolean();
        var turn = freshTurn();
        return w -> retry
                ? w.storage().inbox().retry(session, ref, turn, "carol")
                : w.storage().inbox().drop(session, ref, "carol");
    }

    private Function<World, Object> move() {
        var move = new Move(
                session(),
                "agent",
                freshTurn(),
                claimant(),
                random.nextBoolean()
                        ? Commit.History.append(List.of(Message.user(text())))
                        : new Commit.History(Commit.Position.ROOT, List.of(), null),
                random.nextBoolean());
        return w -> w.storage().sessions().move(move);
    }

    private Function<World, Object> tick() {
        var duration = any(
                List.of(Duration.ofMillis(1), Duration.ofSeconds(3), Duration.ofSeconds(31), Duration.ofMinutes(5)));
        return w -> {
            w.tick(duration);
            return "ticked";
        };
    }
}
