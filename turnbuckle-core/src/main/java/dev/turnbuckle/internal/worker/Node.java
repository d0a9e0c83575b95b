package dev.turnbuckle.internal.worker;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Wakeups;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What every part of this node shares. Thread-safe. */
public final class Node {
    /** Of a share's name as it is; the rest of a longer one is told by its hash. */
    private static final int MOST_SHARE_CHARS = 128;

    /** How long the settled state of a session that is not used stays in memory. */
    private static final Duration CACHE_IDLE = Duration.ofSeconds(60);

    private final Environment environment;
    private final Storage storage;
    private final LiveReplay live;
    private final Map<String, Agent> agents;
    private final Set<String> merging;
    private final WorkerOptions options;
    private final TurnEnds ends;
    private final SessionCache cache;
    private final KnownBlobs knownBlobs = new KnownBlobs();
    private final ToolPlaces places;
    private final Tracing tracing;
    private volatile Consumer<String> offers = session -> {};
    private volatile boolean draining;
    private volatile boolean stopping;

    public Node(
            Environment environment,
            Storage storage,
            LiveReplay live,
            Map<String, Agent> agents,
            WorkerOptions options) {
        this.environment = environment;
        this.storage = storage;
        this.live = live;
        this.agents = Collections.unmodifiableMap(new LinkedHashMap<>(agents)); // in the order of registration
        this.merging = agents.values().stream()
                .filter(Agent::mergesInputs)
                .map(Agent::name)
                .collect(Collectors.toUnmodifiableSet());
        this.options = options;
        this.ends = new TurnEnds(
                environment, session -> storage.wakeups().tell(new Wakeups.Hint(Wakeups.Kind.CHANGED, session)));
        this.cache = new SessionCache(CACHE_IDLE.toNanos());
        this.places = new ToolPlaces(environment);
        this.tracing = new Tracing(options.telemetry());
    }

    public Environment environment() {
        return environment;
    }

    public Storage storage() {
        return storage;
    }

    public LiveReplay live() {
        return live;
    }

    public Map<String, Agent> agents() {
        return agents;
    }

    Set<String> agentNames() {
        return agents.keySet();
    }

    /** Agents whose inputs merge (T1). */
    Set<String> mergingAgents() {
        return merging;
    }

    public WorkerOptions options() {
        return options;
    }

    public TurnEnds ends() {
        return ends;
    }

    SessionCache cache() {
        return cache;
    }

    KnownBlobs knownBlobs() {
        return knownBlobs;
    }

    ToolPlaces places() {
        return places;
    }

    Tracing tracing() {
        return tracing;
    }

    /** A model that another agent registers under this name, else the agent's own. */
    Model model(String name, Model own) {
        return agents.values().stream()
                .flatMap(a -> a.models().stream())
                .filter(m -> m.spec().name().equals(name))
                .findFirst()
                .orElse(own);
    }

    /** Whose share an input of this context takes; {@code null} where there are no shares. */
    public @Nullable String share(Map<String, String> context) {
        String name = options.fairBy();
        if (name == null) {
            return null;
        }
        String value = context.get(name);
        return value == null ? Inbox.NewInput.OTHERS : "=" + shortened(value);
    }

    /** Shares are keys of an index, which takes no long ones. */
    private static String shortened(String value) {
        if (value.length() <= MOST_SHARE_CHARS) {
            return value;
        }
        int end =
                Character.isHighSurrogate(value.charAt(MOST_SHARE_CHARS - 1)) ? MOST_SHARE_CHARS - 1 : MOST_SHARE_CHARS;
        return value.substring(0, end) + "#" + Hash.of(value);
    }

    /** A commit has put an input into this session's inbox. */
    void sent(String session) {
        offers.accept(session);
    }

    /** Where what commits send is offered to. */
    void offersTo(Consumer<String> worker) {
        offers = worker;
    }

    boolean draining() {
        return draining;
    }

    boolean stopping() {
        return stopping;
    }

    void drain() {
        draining = true;
    }

    void stop() {
        draining = true;
        stopping = true;
    }

    public boolean closed() {
        return draining;
    }
}
