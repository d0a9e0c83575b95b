package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.memory.MemoryLiveReplay;
import dev.turnbuckle.store.Wakeups;
import dev.turnbuckle.testkit.TestProcess;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One life of a node: a process with a runtime in it, from its start until it is killed or closed. */
final class Life {
    private final World world;
    private final Machine machine;
    private final TestProcess process;
    private final Set<Request<?>> requests = new LinkedHashSet<>();
    private @Nullable Turnbuckle turnbuckle;
    private @Nullable Consumer<Wakeups.Hint> hints;
    private int underway;
    private boolean leaving;
    private boolean over;

    Life(World world, Machine machine, String name) {
        this.world = world;
        this.machine = machine;
        this.process = world.environment.process(name);
    }

    void begin(String name) {
        world.log(name(), "starts");
        var agents = new Agents(world, this);
        turnbuckle = Turnbuckle.builder()
                .storage(world.engineSees.apply(new Wire(world, this)))
                .liveReplay(new MemoryLiveReplay(world.shape.live()))
                .environment(process)
                .name(name)
                .leaseTtl(world.shape.ttl())
                .poll(world.shape.poll())
                .attempts(world.shape.attempts())
                .concurrentTurns(world.shape.concurrentTurns())
                .drain(Duration.ofMillis(800))
                .agent(agents.patient())
                .agent(agents.hasty())
                .agent(agents.gathering())
                .build();
    }

    /** Unique among all lives; the incarnation in its leases. */
    String name() {
        return process.name();
    }

    TestProcess process() {
        return process;
    }

    boolean takesRequests() {
        return turnbuckle != null && !leaving && !over;
    }

    boolean over() {
        return over;
    }

    /** No request is being performed any more, also none of those that nobody waits for. */
    boolean idle() {
        return underway == 0;
    }

    /** SIGKILL. Does not return when a task of this life calls it. */
    void die(String where) {
        if (!over) {
            over = true;
            world.log(name(), "is killed " + where);
            world.buried(name());
            List.copyOf(requests).forEach(r -> r.lost("the node was killed"));
            machine.ended();
        }
        process.kill();
    }

    /** SIGSTOP, and SIGCONT after this time. Of a task of this life it returns afterwards. */
    void freeze(Duration time, String where) {
        world.log(name(), "is stopped " + where + " for " + time.toMillis() + " ms");
        world.start("continue " + name(), () -> {
            world.outside.sleep(time);
            if (!over) {
                world.log(name(), "continues");
                process.proceed();
            }
        });
        if (!over) {
            process.stop();
        }
    }

    /** Closes the runtime in order, then ends the process. */
    void drain() {
        leaving = true;
        world.log(name(), "drains");
        process.start("drain", () -> {
            runtime().close();
            world.start("end " + name(), () -> die("after its drain"));
        });
    }

    private Turnbuckle runtime() {
        return java.util.Objects.requireNonNull(turnbuckle);
    }

    /** Makes a request and waits for its end at most so long. */
    <T> Reply<T> ask(String what, Duration patience, Body<T> body) throws InterruptedException {
        var request = new Request<T>(world.outside.signal());
        requests.add(request);
        underway++;
        process.start("request " + what, () -> {
            request.run(() -> body.call(runtime()));
            underway--;
        });
        request.awaitReply(world, patience);
        requests.remove(request);
        return request.reply();
    }

    /** Starts something that lasts in the node, such as a stream to an observer. */
    void serve(String what, Service body) {
        process.start(what, () -> body.serve(runtime()));
    }

    /** What is said to the node by others. */
    void listens(Consumer<Wakeups.Hint> listener) {
        hints = listener;
    }

    void hear(Wakeups.Hint hint) {
        Consumer<Wakeups.Hint> listener = hints;
        if (listener != null) {
            process.start("hint", () -> listener.accept(hint));
        }
    }

    interface Body<T> {
        T call(Turnbuckle turnbuckle) throws Exception;
    }

    interface Service {
        void serve(Turnbuckle turnbuckle);
    }

    private static final class Request<T> {
        private final Environment.Signal told;
        private @Nullable Reply<T> reply;

        Request(Environment.Signal told) {
            this.told = told;
        }

        void run(Callable<T> body) {
            Reply<T> made;
            try {
                made = new Reply.Value<>(body.call());
            } catch (Exception e) { // told to whoever asked
                made = new Reply.Failed<>(e);
            }
            tell(made);
        }

        void lost(String why) {
            tell(new Reply.Lost<>(why));
        }

        private void tell(Reply<T> made) {
            if (reply == null) {
                reply = made;
                told.raise();
            }
        }

        void awaitReply(World world, Duration patience) throws InterruptedException {
            long end = world.environment.nanos() + patience.toNanos();
            long left = patience.toNanos();
            while (reply == null && left > 0) {
                told.await(told.version(), Duration.ofNanos(left));
                left = end - world.environment.nanos();
            }
        }

        Reply<T> reply() {
            return reply == null ? new Reply.Lost<>("no answer in time") : reply;
        }
    }
}
