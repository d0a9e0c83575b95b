package dev.turnbuckle.testkit;

import dev.turnbuckle.Session;
import dev.turnbuckle.Sessions;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.Waits;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.store.Storage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A runtime for tests: on virtual time under a seed, with storage in memory that survives {@link #crash} and
 * {@link #restart}.
 *
 * <pre>{@code
 * var model = ScriptedModel.of(calls("refund", new Refund("A-17", 12_000)), says("Done."));
 * try (var test = TestTurnbuckle.with(support(model))) {
 *     Turn turn = test.session("c-1").send("Refund A-17");
 *     var asked = (Suspended) turn.await();
 *     test.tick(Duration.ofDays(3));
 *     test.restart();
 *     test.waits().approve(asked.waits().getFirst().id(), "alice");
 *     assertThat(test.session("c-1").turn(turn.id()).await().text()).isEqualTo("Done.");
 * }
 * }</pre>
 *
 * Handles (sessions, turns) belong to the runtime they were made by: take new ones after a crash or restart. For one
 * test thread.
 */
public final class TestTurnbuckle implements AutoCloseable {
    private final Setup setup;
    private final TestEnvironment environment;
    private final Set<String> deadIncarnations = ConcurrentHashMap.newKeySet();
    private @Nullable Storage storage;
    private TestProcess process;
    private Turnbuckle turnbuckle;

    private TestTurnbuckle(Setup setup) {
        this.setup = setup;
        this.environment = TestEnvironment.seeded(setup.seed);
        setup.models().forEach(model -> {
            if (model instanceof ScriptedModel scripted) {
                scripted.on(environment);
            }
        });
        this.process = environment.process("node");
        this.turnbuckle = open();
    }

    /** A started runtime with these agents, storage in memory, seed 1. */
    public static TestTurnbuckle with(Agent... agents) {
        return setup().agents(agents).start();
    }

    public static Setup setup() {
        return new Setup();
    }

    /** How the runtime is to be; {@link #start()} starts it. */
    public static final class Setup {
        private final List<Agent> agents = new ArrayList<>();
        private long seed = 1;
        private Supplier<? extends Storage> storage = keeping(new MemoryStorage());
        private UnaryOperator<Turnbuckle.Builder> runtime = builder -> builder;

        private Setup() {}

        private List<Model> models() {
            return agents.stream().flatMap(agent -> agent.models().stream()).toList();
        }

        private static Supplier<Storage> keeping(Storage one) {
            return () -> one;
        }

        public Setup agents(Agent... more) {
            agents.addAll(List.of(more));
            return this;
        }

        /** Another seed, another order of what happens at the same time. */
        public Setup seed(long next) {
            seed = next;
            return this;
        }

        /**
         * Where everything durable is.
         *
         * @param factory asked at each start of the runtime; over the same data, if it is to survive
         */
        public Setup storage(Supplier<? extends Storage> factory) {
            storage = factory;
            return this;
        }

        /** Further settings of each runtime: {@code runtime(b -> b.attempts(2))}. */
        public Setup runtime(UnaryOperator<Turnbuckle.Builder> settings) {
            UnaryOperator<Turnbuckle.Builder> before = runtime;
            runtime = builder -> settings.apply(before.apply(builder));
            return this;
        }

        public TestTurnbuckle start() {
            return new TestTurnbuckle(this);
        }
    }

    private Turnbuckle open() {
        Storage opened = setup.storage.get();
        storage = opened;
        if (opened instanceof MemoryStorage memory) {
            memory.presumeDead(holder -> deadIncarnations.contains(holder.incarnation()));
        }
        Turnbuckle.Builder builder = Turnbuckle.builder()
                .storage(process.guard(opened))
                .environment(process)
                .name("node");
        setup.agents.forEach(builder::agent);
        return setup.runtime.apply(builder).build();
    }

    public Session session(String id) {
        return turnbuckle.session(id);
    }

    public Session session(String id, String agent) {
        return turnbuckle.session(id, agent);
    }

    public Sessions sessions() {
        return turnbuckle.sessions();
    }

    public Waits waits() {
        return turnbuckle.waits();
    }

    /** The runtime as it is now. */
    public Turnbuckle turnbuckle() {
        return turnbuckle;
    }

    public TestEnvironment environment() {
        return environment;
    }

    /** The process that the runtime is in now. */
    public TestProcess process() {
        return process;
    }

    /** Lets time pass, and everything that is due until then happen. */
    public void tick(Duration duration) {
        environment.tick(duration);
    }

    /** Kills the process, if it is not dead yet, and starts another one; storage survives. */
    public void crash() {
        process.kill();
        Storage left = storage;
        if (left != null) {
            deadIncarnations.add(left.traits().incarnation());
            left.close(); // what the system does with the handles of a dead process
        }
        next();
    }

    /** Closes the runtime in order and starts another one; storage survives. */
    public void restart() {
        turnbuckle.close();
        process.kill();
        next();
    }

    private void next() {
        process = environment.process("node");
        turnbuckle = open();
    }

    /**
     * Closes the runtime in order.
     *
     * @throws AssertionError when a {@link ScriptedModel} was asked for more than is scripted, a {@link ReplayModel} for
     *     what is not recorded, or a task of the runtime failed and nobody noticed
     */
    @Override
    public void close() {
        try {
            if (!process.killed()) {
                turnbuckle.close();
            }
        } finally {
            environment.close();
        }
        for (Model model : setup.models()) {
            switch (model) {
                case ScriptedModel scripted -> scripted.verify();
                case ReplayModel replay -> replay.verify();
                default -> {}
            }
        }
        List<Throwable> failures = environment.failures();
        if (!failures.isEmpty()) {
            throw new AssertionError("a task of the runtime failed: " + failures, failures.getFirst());
        }
    }
}
