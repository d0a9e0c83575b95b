package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.store.Wakeups;
import dev.turnbuckle.store.Wakeups.Hint;
import dev.turnbuckle.store.Wakeups.Kind;
import dev.turnbuckle.testkit.ScriptedModel;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that tell each other what they leave to others. */
@Timeout(120)
class WakeupsTest {
    private static final Duration NEVER = Duration.ofHours(1);

    private final String schema = PostgresServer.emptyTables();

    @AfterEach
    void giveBack() {
        PostgresServer.giveBack(schema);
    }

    private PostgresStorage.Builder builder() {
        return PostgresStorage.builder(PostgresServer.url(schema)).connections(4);
    }

    private static Agent.Builder agent(String name) {
        return Agent.named(name)
                .model(ScriptedModel.of(
                        ScriptedModel.says("one"), ScriptedModel.says("two"), ScriptedModel.says("three")));
    }

    /** Opened, and heard. */
    private static PostgresStorage heard(PostgresStorage storage, BlockingQueue<Hint> hints)
            throws InterruptedException {
        storage.open(Stores.ENVIRONMENT);
        storage.wakeups().listen(hints::add);
        assertThat(hints.poll(30, TimeUnit.SECONDS)).isEqualTo(Hint.MISSED);
        assertThat(storage.wakeups().flowing()).isTrue();
        return storage;
    }

    @Test
    void what_one_node_tells_the_others_hear_and_it_does_not() throws InterruptedException {
        var first = new LinkedBlockingQueue<Hint>();
        var second = new LinkedBlockingQueue<Hint>();
        try (var a = heard(builder().build(), first);
                var b = heard(builder().build(), second)) {
            var hint = new Hint(Kind.DUE, "a session/ü 1");
            a.wakeups().tell(hint);
            assertThat(second.poll(30, TimeUnit.SECONDS)).isEqualTo(hint);
            b.wakeups().tell(new Hint(Kind.CHANGED, "back"));
            assertThat(first.poll(30, TimeUnit.SECONDS)).isEqualTo(new Hint(Kind.CHANGED, "back"));
            assertThat(first).isEmpty();
            assertThat(second).isEmpty();
        }
    }

    @Test
    void an_id_of_several_lines_is_told_as_it_is() throws InterruptedException {
        var hints = new LinkedBlockingQueue<Hint>();
        try (var a = heard(builder().build(), new LinkedBlockingQueue<>());
                var b = heard(builder().build(), hints)) {
            for (String id : List.of("two\nlines", "a\r\nDUE b", "back\\nslash\\", "\uE0000 odd")) {
                a.wakeups().tell(new Hint(Kind.DUE, id));
                assertThat(hints.poll(30, TimeUnit.SECONDS)).isEqualTo(new Hint(Kind.DUE, id));
            }
            assertThat(b.wakeups().flowing()).isTrue();
        }
    }

    /** Other programs may use the channel, and so may a newer version of this one. */
    @Test
    void what_is_not_understood_is_a_hint_to_look_at_everything() throws InterruptedException {
        var hints = new LinkedBlockingQueue<Hint>();
        try (var a = heard(builder().build(), new LinkedBlockingQueue<>());
                var b = heard(builder().build(), hints)) {
            for (String payload : List.of("x\nTOMORROW s", "x\nnonsense", "x\n")) {
                PostgresServer.execute("SELECT pg_notify('turnbuckle_" + schema + "', '" + payload + "')");
                assertThat(hints.poll(30, TimeUnit.SECONDS)).as(payload).isEqualTo(Hint.MISSED);
            }
            a.wakeups().tell(new Hint(Kind.DUE, "s"));
            assertThat(hints.poll(30, TimeUnit.SECONDS)).isEqualTo(new Hint(Kind.DUE, "s"));
            assertThat(b.wakeups().flowing()).isTrue();
        }
    }

    /** The teller is about to look what it has to tell when it is asked to end. */
    @Test
    void closing_waits_for_no_lock_that_the_teller_needs() throws InterruptedException {
        var environment = new Pausing();
        var storage = builder().build();
        storage.open(environment);
        storage.wakeups().listen(hint -> {});
        assertThat(environment.paused.await(30, TimeUnit.SECONDS)).isTrue();
        var closing = Stores.ENVIRONMENT.start("closing", storage::close);
        assertThat(closing.join(Duration.ofSeconds(30))).as("closed").isTrue();
    }

    /** Its teller stands still at its first look until another task is interrupted. */
    private static final class Pausing implements Environment {
        final CountDownLatch paused = new CountDownLatch(1);
        private final CountDownLatch interrupted = new CountDownLatch(1);
        private final ThreadLocal<Boolean> teller = ThreadLocal.withInitial(() -> false);

        @Override
        public Task start(String name, Runnable body) {
            Task task = Stores.ENVIRONMENT.start(name, () -> {
                teller.set(name.equals("turnbuckle-postgres-teller"));
                body.run();
            });
            return new Task() {
                @Override
                public void join() throws InterruptedException {
                    task.join();
                }

                @Override
                public boolean join(Duration atMost) throws InterruptedException {
                    return task.join(atMost);
                }

                @Override
                public boolean ended() {
                    return task.ended();
                }

                @Override
                public void interrupt() {
                    task.interrupt();
                    interrupted.countDown();
                }
            };
        }

        @Override
        public Signal signal() {
            Signal signal = Stores.ENVIRONMENT.signal();
            return new Signal() {
                @Override
                public long version() {
                    if (teller.get() && paused.getCount() > 0) {
                        paused.countDown();
                        try {
                            interrupted.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                    return signal.version();
                }

                @Override
                public void raise() {
                    signal.raise();
                }

                @Override
                public boolean await(long seen, Duration atMost) throws InterruptedException {
                    return signal.await(seen, atMost);
                }
            };
        }

        @Override
        public Task startBlocking(String name, Runnable body) {
            return Stores.ENVIRONMENT.startBlocking(name, body);
        }

        @Override
        public Instant now() {
            return Stores.ENVIRONMENT.now();
        }

        @Override
        public long nanos() {
            return Stores.ENVIRONMENT.nanos();
        }

        @Override
        public String id() {
            return Stores.ENVIRONMENT.id();
        }

        @Override
        public long random() {
            return Stores.ENVIRONMENT.random();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Stores.ENVIRONMENT.sleep(duration);
        }
    }

    @Test
    void too_much_at_once_becomes_one_hint_to_look_at_everything() {
        var hints = new LinkedHashSet<Hint>();
        IntStream.range(0, 1_001).forEach(i -> hints.add(new Hint(Kind.DUE, "s" + i)));
        assertThat(PostgresWakeups.payloads("me", hints)).containsExactly("me\nMISSED ");
        assertThat(PostgresWakeups.payloads("me", Set.of(new Hint(Kind.DUE, "😀".repeat(1_900)))))
                .containsExactly("me\nMISSED ");
        assertThat(PostgresWakeups.payloads("me", Set.of(new Hint(Kind.DUE, "s"))))
                .containsExactly("me\nDUE s");
    }

    /** A busy node tells of some hundred sessions at once: nobody should have to look at everything for that. */
    @Test
    void what_does_not_fit_into_one_payload_is_told_in_several() throws InterruptedException {
        var told = new LinkedHashSet<Hint>();
        IntStream.range(0, 300).forEach(i -> told.add(new Hint(Kind.CHANGED, "a session with a name " + (1_000 + i))));
        List<String> payloads = PostgresWakeups.payloads("me", told);
        assertThat(payloads).hasSize(2).allMatch(p -> p.startsWith("me\nCHANGED a session with a name 1"));
        assertThat(payloads.getFirst().length()).isBetween(5_850, 5_900);
        assertThat(payloads.stream().flatMap(String::lines).filter(line -> !line.equals("me")))
                .hasSize(300)
                .doesNotHaveDuplicates();

        var heard = new LinkedBlockingQueue<Hint>();
        try (var a = heard(builder().build(), new LinkedBlockingQueue<>());
                var b = heard(builder().build(), heard)) {
            told.forEach(a.wakeups()::tell);
            var hints = new LinkedHashSet<Hint>();
            while (hints.size() < 300) {
                Hint hint = heard.poll(30, TimeUnit.SECONDS);
                assertThat(hint).isNotNull();
                hints.add(hint);
            }
            assertThat(hints).isEqualTo(told);
            assertThat(b.wakeups().flowing()).isTrue();
        }
    }

    /** A node that ends tells what it leaves; what it told a moment before still waits to be gathered. */
    @Test
    void what_was_told_before_the_end_is_heard() throws InterruptedException {
        var heard = new LinkedBlockingQueue<Hint>();
        try (var b = heard(builder().build(), heard)) {
            try (var a = heard(builder().build(), new LinkedBlockingQueue<>())) {
                a.wakeups().tell(new Hint(Kind.DUE, "first"));
                assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(new Hint(Kind.DUE, "first"));
                a.wakeups().tell(new Hint(Kind.DUE, "last"));
            }
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(new Hint(Kind.DUE, "last"));
            assertThat(b.wakeups().flowing()).isTrue();
        }
    }

    @Test
    void a_listener_that_broke_heals_itself_and_says_that_something_may_be_missed() throws Exception {
        var hints = new LinkedBlockingQueue<Hint>();
        try (var relay = new Relay();
                var storage = heard(
                        PostgresStorage.builder(relay.url(schema))
                                .connections(2)
                                .build(),
                        hints);
                var other = heard(builder().build(), new LinkedBlockingQueue<>())) {
            relay.breakAll();
            assertThat(hints.poll(30, TimeUnit.SECONDS)).as("it broke").isEqualTo(Hint.MISSED);
            awaitFlowing(storage);
            other.wakeups().tell(new Hint(Kind.DUE, "s"));
            Hint hint = Hint.MISSED;
            while (Hint.MISSED.equals(hint)) {
                hint = hints.poll(30, TimeUnit.SECONDS);
            }
            assertThat(hint).as("it is back").isEqualTo(new Hint(Kind.DUE, "s"));
        }
    }

    @Test
    void behind_a_pooler_or_when_switched_off_nothing_is_told_and_nobody_waits_for_it() {
        for (var builder : java.util.List.of(builder().pooler(true), builder().wakeups(false))) {
            try (var storage = builder.build()) {
                storage.open(Stores.ENVIRONMENT);
                assertThat(storage.wakeups()).isSameAs(Wakeups.NONE);
            }
        }
    }

    /** Nobody looks by himself within this test: what is heard is what was told. */
    private Turnbuckle.Builder node(PostgresStorage storage) {
        return Turnbuckle.builder().storage(storage).poll(NEVER);
    }

    private static void awaitFlowing(PostgresStorage storage) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!storage.wakeups().flowing() && System.nanoTime() < end) {
            Thread.yield();
        }
        assertThat(storage.wakeups().flowing()).isTrue();
    }

    @Test
    void an_input_that_was_accepted_on_a_node_without_the_agent_is_driven_on_the_one_that_has_it() {
        var front = builder().build();
        var back = builder().build();
        try (var worker = node(back).agent(agent("support").build()).build();
                var web = node(front)
                        .agent(agent("another").build())
                        .remoteAgent("support")
                        .build()) {
            awaitFlowing(back);
            awaitFlowing(front);
            assertThat(web.session("s", "support").ask("Hello")).isEqualTo("one");
            assertThat(web.session("s", "support").send("Hello").await().text()).isEqualTo("two");
        }
    }

    @Test
    void q06_a_delayed_input_fires_on_time_while_nodes_tell_each_other() {
        var storage = builder().build();
        try (var worker = Turnbuckle.builder()
                .storage(storage)
                .agent(agent("support").build())
                .build()) {
            awaitFlowing(storage);
            var delay = Duration.ofMillis(1_500);
            long begun = System.nanoTime();
            worker.session("s").send(Input.text("Later").after(delay)).await();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(delay, delay.plusSeconds(5));
        }
    }

    /** What docs/operations says of an idle node. */
    @Test
    void an_idle_node_asks_few_questions() throws InterruptedException {
        var calls = new CountedCalls();
        var storage = builder().around(calls::around).build();
        try (var worker = Turnbuckle.builder()
                .storage(storage)
                .agent(agent("support").build())
                .build()) {
            awaitFlowing(storage);
            calls.reset();
            Stores.ENVIRONMENT.sleep(Duration.ofSeconds(5));
            long queries = calls.queries();
            assertThat(queries).as("about three a second: " + calls).isBetween(6L, 24L);
        }
    }
}
