package dev.turnbuckle;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.agent.Budget;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Probe;
import dev.turnbuckle.error.AwaitInterruptedException;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.internal.worker.Node;
import dev.turnbuckle.internal.worker.Seams;
import dev.turnbuckle.internal.worker.Worker;
import dev.turnbuckle.internal.worker.WorkerOptions;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.memory.MemoryLiveReplay;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.plugin.Plugin;
import dev.turnbuckle.session.SessionId;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.tool.Tool;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The runtime, one per application: storage, agents, and a worker that drives their sessions. Thread-safe.
 *
 * <p>{@link #close()} closes its storage, never a {@code DataSource}, model client or bean of the host.
 */
public final class Turnbuckle implements AutoCloseable {
    private final Node node;
    private final Worker worker;
    private final Set<String> remoteAgents;
    private final Environment.Signal closing;
    private final @Nullable String defaultAgent;
    private volatile boolean closed;

    private Turnbuckle(Node node, Set<String> remoteAgents, @Nullable String defaultAgent) {
        this.node = node;
        this.worker = new Worker(node);
        this.remoteAgents = Set.copyOf(remoteAgents);
        this.defaultAgent = defaultAgent;
        this.closing = node.environment().signal();
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * A handle: no I/O, nothing to close. The session exists from its first accepted input. A new one runs the only
     * agent, or the one named {@code default}; where there is neither, only sessions that exist can be sent to.
     *
     * @throws InvalidInputException when the id is not one (S1)
     */
    public Session session(String id) {
        SessionId.require(id);
        return new Session(this, id, defaultAgent);
    }

    /** @throws InvalidInputException when the id is not one, or no agent of this name is known */
    public Session session(String id, String agent) {
        SessionId.require(id);
        if (!knows(agent)) {
            throw new InvalidInputException("no agent is named \"" + agent + "\"; known here: "
                    + (node.agents().isEmpty()
                            ? "none"
                            : String.join(", ", node.agents().keySet()))
                    + ". Register it, or name it with remoteAgent(…) when only other nodes run it");
        }
        return new Session(this, id, agent);
    }

    /** Whether this node runs the agent, or was told that others do. */
    boolean knows(String agent) {
        return node.agents().containsKey(agent) || remoteAgents.contains(agent);
    }

    public Sessions sessions() {
        return new Sessions(this);
    }

    public Waits waits() {
        return new Waits(this);
    }

    /**
     * Drives everything that is due now, and what that makes due, on this node, and returns when nothing is (Q11). For a
     * host that was built with {@link Builder#manual()}: a job of its own schedule, a test, a function that is woken up.
     *
     * @return how often a session was driven
     * @throws AwaitInterruptedException when interrupted; what is driven goes on
     * @throws ClosedException when the runtime is closed
     * @throws dev.turnbuckle.error.StorageException when the store fails; what was accepted stays due
     */
    public int runDue() {
        requireOpen();
        try {
            return worker.runDue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AwaitInterruptedException("interrupted while driving what is due");
        }
    }

    /**
     * Drives one turn's session up to this turn's end or suspension, what was accepted before it included (Q11).
     *
     * @throws AwaitInterruptedException when interrupted; what is driven goes on
     */
    public RunResult run(Turn turn) {
        requireOpen();
        try {
            return switch (worker.run(turn.session().id(), turn.id())) {
                case Turns.Start.Go go -> new RunResult.Driven();
                case Turns.Start.Empty(var reason, var due) -> new RunResult.Nothing(reason, due);
                case Turns.Start.Busy(var held) ->
                    new RunResult.Busy(held.holder().worker(), held.expiresAt());
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AwaitInterruptedException("interrupted while driving " + turn);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("the runtime is closed and drives nothing; open another one");
        }
    }

    /** Blocks a worker-only {@code main} until {@link #close()}. */
    public void awaitClose() {
        try {
            while (!closed) {
                long seen = closing.version();
                if (!closed) {
                    closing.await(seen, Duration.ofHours(1));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AwaitInterruptedException("interrupted while waiting for close()");
        }
    }

    /**
     * Stops claiming, lets running effects finish (at most the builder's {@code drain}), records them, hands their turns
     * back, closes the storage. A turn that was handed back goes on where the next runtime opens. Twice is once.
     */
    @Override
    public void close() {
        close(node.options().drain());
    }

    /** Closes without waiting for what runs: what a crash would leave, in order. Nothing accepted is lost. */
    public void closeNow() {
        close(Duration.ZERO);
    }

    private void close(Duration drain) {
        if (closed) {
            return;
        }
        closed = true;
        worker.close(drain);
        node.live().close();
        node.storage().close();
        closing.raise();
    }

    Node node() {
        return node;
    }

    Worker worker() {
        return worker;
    }

    /** Collects what a runtime is made of; {@link #build()} checks it. */
    public static final class Builder {
        /** How long {@link Turnbuckle#close()} lets effects finish. */
        public static final Duration DEFAULT_DRAIN = Duration.ofSeconds(10);

        public static final Duration DEFAULT_LEASE_TTL = Duration.ofSeconds(30);
        public static final int DEFAULT_CONCURRENT_TURNS = 256;
        public static final int DEFAULT_ATTEMPTS = 5;

        private @Nullable Storage storage;
        private @Nullable LiveReplay live;
        private final Map<String, Agent> agents = new LinkedHashMap<>();
        private final Set<String> remoteAgents = new HashSet<>();
        private Agent.@Nullable Builder own;
        private Environment environment = Environment.system();
        private @Nullable Probe probe;
        private @Nullable OpenTelemetry telemetry;
        private @Nullable String name;
        private int concurrentTurns = DEFAULT_CONCURRENT_TURNS;
        private Duration leaseTtl = DEFAULT_LEASE_TTL;
        private Duration poll = Duration.ofMillis(50);
        private Duration drain = DEFAULT_DRAIN;
        private int attempts = DEFAULT_ATTEMPTS;
        private boolean holdOnMismatch;
        private boolean manual;
        private @Nullable String fairBy;

        private Builder() {}

        /** Where everything durable is; in memory when none is given. Closed with the runtime. */
        public Builder storage(Storage storage) {
            this.storage = storage;
            return this;
        }

        public Builder liveReplay(LiveReplay live) {
            this.live = live;
            return this;
        }

        private Agent.Builder own() {
            if (own == null) {
                own = Agent.named(Agent.DEFAULT_NAME);
            }
            return own;
        }

        /**
         * Of the agent named {@code default}, which is assembled from this and the next calls.
         *
         * @param fallbacks asked in this order when a model before them cannot answer
         */
        public Builder model(Model model, Model... fallbacks) {
            own().model(model, fallbacks);
            return this;
        }

        public Builder instructions(String instructions) {
            own().instructions(instructions);
            return this;
        }

        public Builder tool(Tool tool) {
            own().tool(tool);
            return this;
        }

        /** @param bean an object with {@link dev.turnbuckle.tool.ToolMethod} methods */
        public Builder tools(Object bean) {
            own().tools(bean);
            return this;
        }

        public Builder plugin(Plugin plugin) {
            own().plugin(plugin);
            return this;
        }

        public Builder budget(Budget budget) {
            own().budget(budget);
            return this;
        }

        /** @throws WiringException when another agent has this name */
        public Builder agent(Agent agent) {
            if (agents.putIfAbsent(agent.name(), agent) != null) {
                throw new WiringException("two agents are named \"" + agent.name() + "\"");
            }
            return this;
        }

        /** Sessions of this agent may be opened here, other nodes drive them. */
        public Builder remoteAgent(String name) {
            remoteAgents.add(name);
            return this;
        }

        /** Name of this node in leases; one made up by chance when none is given. */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        public Builder concurrentTurns(int most) {
            this.concurrentTurns = most;
            return this;
        }

        public Builder leaseTtl(Duration ttl) {
            this.leaseTtl = ttl;
            return this;
        }

        /** How often a store that other processes share is looked at. */
        public Builder poll(Duration every) {
            this.poll = every;
            return this;
        }

        public Builder drain(Duration atMost) {
            this.drain = atMost;
            return this;
        }

        /** Drives of a turn that keep failing, before it ends as failed (T12). */
        public Builder attempts(int most) {
            this.attempts = most;
            return this;
        }

        /** Holds a turn whose journal does not fit this build, instead of failing it (T4). */
        public Builder holdOnMismatch() {
            this.holdOnMismatch = true;
            return this;
        }

        /**
         * While there is more to drive than places, these go round among the values of this context value, so that a tenant
         * with much work does not keep another one waiting (Q18). A session counts for the value of the last input
         * that had one; those without count together as one more. Set it on every node, those that only send too.
         *
         * @param contextName as in {@link Input#context}
         */
        public Builder fairBy(String contextName) {
            this.fairBy = contextName;
            return this;
        }

        /** Nothing is driven by itself, only by {@link Turnbuckle#runDue()} and {@link Turnbuckle#run(Turn)} (Q11). */
        public Builder manual() {
            this.manual = true;
            return this;
        }

        public Builder environment(Environment environment) {
            this.environment = environment;
            return this;
        }

        /** Sees each seam of every turn; for tests and diagnostics. */
        public Builder probe(Probe probe) {
            this.probe = probe;
            return this;
        }

        public Builder openTelemetry(OpenTelemetry telemetry) {
            this.telemetry = telemetry;
            return this;
        }

        /**
         * Opens the storage and starts the worker.
         *
         * @throws WiringException naming what is missing or out of range
         * @throws dev.turnbuckle.error.StorageException when the storage cannot be opened
         */
        public Turnbuckle build() {
            if (own != null) {
                agent(own.build());
                own = null;
            }
            if (concurrentTurns < 1
                    || attempts < 1
                    || leaseTtl.toMillis() < 30
                    || poll.toMillis() < 1
                    || drain.isNegative()) {
                throw new WiringException(
                        "out of range: concurrentTurns " + concurrentTurns + " (at least 1), attempts "
                                + attempts + " (at least 1), leaseTtl " + leaseTtl + " (at least 30 ms), poll " + poll
                                + " (at least 1 ms), drain " + drain + " (not negative)");
            }
            Storage plain = storage == null ? new MemoryStorage() : storage;
            LiveReplay replay = live == null ? new MemoryLiveReplay() : live;
            plain.open(environment);
            replay.open(environment);
            Probe seen = probe;
            var options = new WorkerOptions(
                    name == null ? "node-" + environment.id().substring(0, 6) : name,
                    concurrentTurns,
                    leaseTtl,
                    poll,
                    drain,
                    attempts,
                    holdOnMismatch,
                    manual,
                    fairBy,
                    seen == null ? seam -> {} : seen,
                    telemetry);
            var node = new Node(environment, seen == null ? plain : new Seams(plain, seen), replay, agents, options);
            var turnbuckle = new Turnbuckle(node, remoteAgents, defaultAgent());
            turnbuckle.worker.start();
            return turnbuckle;
        }

        private @Nullable String defaultAgent() {
            if (agents.size() + remoteAgents.size() == 1) {
                return agents.isEmpty()
                        ? remoteAgents.iterator().next()
                        : agents.keySet().iterator().next();
            }
            boolean named = agents.containsKey(Agent.DEFAULT_NAME) || remoteAgents.contains(Agent.DEFAULT_NAME);
            return named ? Agent.DEFAULT_NAME : null;
        }
    }
}
