package dev.turnbuckle.testkit;

import dev.turnbuckle.testkit.Runner.Phase;
import dev.turnbuckle.testkit.Runner.Wait;
import dev.turnbuckle.testkit.Runner.Wake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lets one task run at a time. Whoever comes to a switch point passes the baton to a runner that the seed chooses among
 * those that can go on; when nobody can and an outside thread waits, virtual time jumps to the earliest deadline.
 *
 * <p>While an outside thread (a test's) runs its own code the baton rests and no task runs; a task's code runs only
 * while an outside thread waits or ticks. The lock here guards bookkeeping alone: it is never held while a body runs.
 *
 * <p>Tasks of a killed process are never chosen again. Their threads stay parked, so that not even a {@code finally}
 * block runs, until {@link #close} unwinds them. The one task that runs when its process is killed is unwound by
 * {@link ProcessKilled} from its next call.
 */
final class Baton {
    /** Bound against tasks that wake each other for ever without any time passing. */
    static final int MAX_SWITCHES_AT_ONE_INSTANT = 1_000_000;

    /** Real time that a task may run without a switch point before the waiting test fails. */
    static final Duration STUCK = Duration.ofSeconds(60);

    /** Calls of a killed task that catches what unwinds it, before its thread is parked. */
    private static final int MAX_REFUSALS = 100;

    private final ReentrantLock lock = new ReentrantLock();
    private final SplittableRandom choice;

    @SuppressWarnings("ThreadLocalUsage") // one environment's; gone with it
    private final ThreadLocal<@Nullable Runner> own = new ThreadLocal<>();

    private final List<Runner> ready = new ArrayList<>();
    private final Set<Runner> waiting = new LinkedHashSet<>();
    private final Set<Runner> outside = new LinkedHashSet<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Runner> buried = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final Trace trace = new Trace();
    private @Nullable Runner current;
    private volatile long nanos;
    private volatile boolean closed;
    private int started;
    private int switches;

    /** How many processes are stopped now. */
    private int stopped;

    Baton(long seed) {
        choice = new SplittableRandom(seed);
    }

    long nanos() {
        return nanos;
    }

    List<String> trace() {
        return locked(trace::lines);
    }

    List<Throwable> failures() {
        return locked(() -> List.copyOf(failures));
    }

    // ---- switch points

    /** A new task; a task that starts another may be overtaken by it. */
    Runner start(TestProcess process, String name, Runnable body) {
        Runner me = own.get();
        Runner task = locked(() -> {
            started++;
            Runner made = new Runner(name + "#" + started, process, body);
            trace.add(nanos, "start", made);
            ready.add(made);
            if (me != null && !me.outside()) {
                makeReady(me, Wake.SATISFIED);
                rest(me);
            }
            return made;
        });
        if (me != null && !me.outside()) {
            takeBaton(me);
        }
        return task;
    }

    /** Waits until the object is woken or the deadline has come; {@code already} is looked at first. */
    Wake await(TestProcess process, Wait wait, BooleanSupplier already) throws InterruptedException {
        Runner me = me(process);
        me.patience = patience(me);
        Wake woken = switchAway(me, process, wait, already);
        if (woken == Wake.SATISFIED) {
            me.patience = Runner.NEVER;
        }
        return woken;
    }

    /** As {@link #await}, for a time that the caller chose: an outside thread's patience is not asked. */
    Wake sleep(TestProcess process, Wait wait) throws InterruptedException {
        Runner me = me(process);
        me.patience = Runner.NEVER;
        return switchAway(me, process, wait, () -> false);
    }

    /** Runs everything that is due until then. */
    void tick(TestProcess process, Duration duration) {
        Runner me = me(process);
        if (!me.outside()) {
            throw new IllegalStateException("tick is for the test's own thread, not for the task " + me);
        }
        me.patience = Runner.NEVER;
        me.ticking = true;
        try {
            switchAway(me, process, new Wait(me, "tick", deadline(duration)), () -> false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            me.ticking = false;
        }
    }

    long deadline(Duration duration) {
        if (duration.isNegative()) {
            return nanos;
        }
        long most = Runner.NEVER - 1 - nanos;
        return duration.compareTo(Duration.ofNanos(most)) > 0 ? Runner.NEVER : nanos + duration.toNanos();
    }

    private long patience(Runner me) {
        if (!me.outside()) {
            return Runner.NEVER;
        }
        return me.patience != Runner.NEVER ? me.patience : deadline(TestEnvironment.LONGEST_WAIT);
    }

    private Runner me(TestProcess process) {
        Runner known = own.get();
        if (known != null) {
            return known;
        }
        Runner thread = new Runner("thread " + Thread.currentThread().getName(), process, null);
        own.set(thread);
        return thread;
    }

    private Wake switchAway(Runner me, TestProcess process, Wait wait, BooleanSupplier already)
            throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        section(() -> {
            me.waitsFor = wait;
            if (me.outside()) {
                me.process = process;
                outside.add(me);
            }
            if (already.getAsBoolean()) {
                makeReady(me, Wake.SATISFIED);
            } else if (wait.deadline() <= nanos && !me.ticking) {
                makeReady(me, Wake.TIME_OVER);
            } else {
                me.phase = Phase.WAITING;
                waiting.add(me);
            }
            rest(me);
        });
        takeBaton(me);
        if (me.wake == Wake.INTERRUPTED) {
            throw new InterruptedException();
        }
        return me.wake;
    }

    // ---- what wakes

    /** Whoever waits on the object can go on. */
    void wake(Object on) {
        section(() -> wakeAll(r -> r.waitsOn(on), Wake.SATISFIED));
    }

    boolean ended(Runner runner) {
        return locked(() -> runner.phase == Phase.ENDED);
    }

    void interrupt(Runner runner) {
        section(() -> {
            if (runner.phase == Phase.WAITING) {
                makeReady(runner, Wake.INTERRUPTED);
            } else if (runner.phase == Phase.RUNNING && runner.thread != null) {
                runner.thread.interrupt();
            } else {
                runner.interrupted = true;
            }
        });
    }

    private void wakeAll(Predicate<Runner> which, Wake wake) {
        List.copyOf(waiting).stream().filter(which).forEach(r -> makeReady(r, wake));
    }

    private void makeReady(Runner runner, Wake wake) {
        waiting.remove(runner);
        runner.phase = Phase.READY;
        runner.wake = wake;
        ready.add(runner);
    }

    // ---- the baton

    /** Gives it up, if this runner has it. */
    private void rest(Runner me) {
        if (current == me) {
            current = null;
        }
        if (current == null && !closed) {
            dispatch();
        }
    }

    private void dispatch() {
        while (!anyAble() && !outside.isEmpty()) {
            moveTime();
        }
        if (outside.isEmpty()) {
            return; // the baton rests until an outside thread waits
        }
        Runner next = choose();
        current = next;
        next.phase = Phase.RUNNING;
        trace.add(nanos, "run", next);
        switches++;
        if (switches > MAX_SWITCHES_AT_ONE_INSTANT) {
            switches = 0;
            giveUp(r -> true, "tasks have switched " + MAX_SWITCHES_AT_ONE_INSTANT + " times without any time passing");
        }
        if (next.body != null && next.thread == null) {
            next.thread = Thread.ofVirtual().name(next.name).unstarted(() -> run(next, next.body));
            threads.add(next.thread);
            next.thread.start();
        } else {
            next.baton.release();
        }
    }

    private boolean anyAble() {
        return stopped == 0 ? !ready.isEmpty() : ready.stream().anyMatch(Runner::able);
    }

    private Runner choose() {
        if (stopped == 0) {
            return ready.remove(choice.nextInt(ready.size()));
        }
        List<Runner> able = ready.stream().filter(Runner::able).toList();
        Runner next = able.get(choice.nextInt(able.size()));
        ready.remove(next);
        return next;
    }

    /** Nobody can go on: to the earliest deadline, or the end of somebody's patience. */
    private void moveTime() {
        long earliest = Runner.NEVER;
        for (Runner r : waiting) {
            earliest = Math.min(earliest, r.ticking ? Runner.NEVER : r.deadline());
        }
        long tick = outside.stream()
                .filter(r -> r.ticking)
                .mapToLong(Runner::deadline)
                .min()
                .orElse(Runner.NEVER);
        long patience = outside.stream().mapToLong(r -> r.patience).min().orElse(Runner.NEVER);
        long next = Math.min(earliest, tick);
        if (next == Runner.NEVER) {
            giveUp(r -> true, "nothing can wake anybody any more");
        } else if (next > patience) {
            advance(patience);
            giveUp(
                    r -> r.patience <= patience,
                    "waited for " + TestEnvironment.LONGEST_WAIT + " of virtual time in vain");
        } else if (earliest <= tick) {
            advance(earliest);
            wakeAll(r -> !r.ticking && r.deadline() <= nanos, Wake.TIME_OVER);
        } else {
            advance(tick);
            wakeAll(r -> r.ticking && r.deadline() <= nanos, Wake.TIME_OVER);
        }
    }

    private void advance(long to) {
        if (to > nanos) {
            nanos = to;
            switches = 0;
        }
    }

    private void giveUp(Predicate<Runner> which, String why) {
        String told = why + ". " + situation();
        for (Runner r : List.copyOf(outside)) {
            if (which.test(r) && r.phase == Phase.WAITING) {
                r.waitsFor = new Wait(r, told, Runner.NEVER);
                makeReady(r, Wake.HOPELESS);
            }
        }
    }

    /** Returns when this runner was chosen. */
    private void takeBaton(Runner me) {
        if (me.outside()) {
            takeBatonOutside(me);
        } else {
            me.baton.acquireUninterruptibly();
        }
        boolean interrupted = locked(() -> {
            boolean flag = me.interrupted;
            me.interrupted = false;
            if (me.outside()) {
                outside.remove(me);
                rest(me);
            }
            return flag;
        });
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (closed || me.wake == Wake.KILLED) {
            throw new ProcessKilled(me.process.name());
        }
        if (me.wake == Wake.HOPELESS && me.waitsFor != null) {
            me.patience = Runner.NEVER;
            throw new IllegalStateException(me.waitsFor.what());
        }
    }

    private void takeBatonOutside(Runner me) {
        while (true) {
            try {
                if (me.baton.tryAcquire(STUCK.toSeconds(), TimeUnit.SECONDS)) {
                    return;
                }
                throw new IllegalStateException(locked(this::stuck));
            } catch (InterruptedException e) {
                interrupt(me);
            }
        }
    }

    private void run(Runner task, Runnable body) {
        own.set(task);
        try {
            if (task.interrupted) {
                task.interrupted = false;
                Thread.currentThread().interrupt();
            }
            body.run();
        } catch (ProcessKilled unwound) {
            // as it should be
        } catch (Throwable e) { // told like every failure that nobody caught
            section(() -> failures.add(e));
            Thread self = Thread.currentThread();
            self.getUncaughtExceptionHandler().uncaughtException(self, e);
        } finally {
            own.remove();
            end(task);
        }
    }

    private void end(Runner task) {
        section(() -> {
            trace.add(nanos, "end", task);
            task.phase = Phase.ENDED;
            threads.remove(task.thread);
            wakeAll(r -> r.waitsOn(task), Wake.SATISFIED);
            rest(task);
        });
    }

    // ---- stopped and continued

    void stop(TestProcess process) {
        section(() -> {
            if (!process.stopped) {
                process.stopped = true;
                stopped++;
                trace.add(nanos, "stop", process);
            }
        });
    }

    void proceed(TestProcess process) {
        section(() -> {
            if (process.stopped) {
                process.stopped = false;
                stopped--;
                trace.add(nanos, "continue", process);
            }
        });
    }

    /** Lets others run first; for a task. An interrupt waits for its next switch point. */
    void pass() {
        Runner me = own.get();
        if (me != null && !me.outside()) {
            section(() -> {
                makeReady(me, Wake.SATISFIED);
                rest(me);
            });
            takeBaton(me);
        }
    }

    // ---- death

    void kill(TestProcess process) {
        section(() -> {
            trace.add(nanos, "kill", process);
            if (process.stopped) {
                process.stopped = false;
                stopped--;
            }
            List<Runner> dead = Stream.concat(ready.stream(), waiting.stream())
                    .filter(r -> r.process == process && !r.outside())
                    .toList();
            ready.removeAll(dead);
            dead.forEach(waiting::remove);
            buried.addAll(dead);
            dead.forEach(r -> r.phase = Phase.ENDED);
            dead.forEach(r -> wakeAll(w -> w.waitsOn(r), Wake.SATISFIED));
            wakeAll(r -> r.process == process, Wake.KILLED);
        });
    }

    /** @throws ProcessKilled when nothing may be done through this process, or by this task, any more */
    void requireAlive(TestProcess process) {
        Runner me = own.get();
        boolean task = me != null && !me.outside();
        boolean dead = process.killed() || (task && (closed || me.process.killed()));
        if (!dead) {
            return;
        }
        if (task && ++me.refusals > MAX_REFUSALS) {
            parkForEver(me);
        }
        throw new ProcessKilled(task && me.process.killed() ? me.process.name() : process.name());
    }

    /** Of a task that catches what should unwind it. */
    private void parkForEver(Runner me) {
        end(me);
        new Semaphore(0).acquireUninterruptibly();
    }

    boolean isTaskOf(TestProcess process) {
        Runner me = own.get();
        return me != null && !me.outside() && me.process == process;
    }

    /** Unwinds every task that is left; all at once, for nothing they do matters any more. */
    void close() throws InterruptedException {
        own.remove(); // the caller's thread may outlive many environments
        List<Thread> left = locked(() -> {
            closed = true;
            buried.addAll(ready);
            buried.addAll(waiting);
            ready.clear();
            waiting.clear();
            buried.forEach(r -> r.baton.release());
            return List.copyOf(threads);
        });
        for (Thread thread : left) {
            thread.join(Duration.ofSeconds(5));
        }
    }

    // ---- words

    private String situation() {
        var text = new StringBuilder("At ").append(Duration.ofNanos(nanos)).append(" of virtual time, these wait:");
        if (waiting.isEmpty()) {
            text.append(" nobody");
        }
        for (Runner r : waiting) {
            text.append("\n  ").append(r).append(" for ").append(r.waitsFor == null ? "?" : r.waitsFor.what());
            if (r.deadline() != Runner.NEVER) {
                text.append(", until ").append(Duration.ofNanos(r.deadline()));
            }
            text.append(Places.of(r.thread));
        }
        failures.forEach(f -> text.append("\n  a task failed: ").append(f));
        return text.toString();
    }

    private String stuck() {
        Runner running = current;
        return "the task " + running + " has run for " + STUCK
                + " of real time without reaching a switch point: it computes, "
                + "or blocks on something that is not of its Environment (a lock held across a switch, a future, I/O)"
                + Places.of(running == null ? null : running.thread);
    }

    private void section(Runnable body) {
        lock.lock();
        try {
            body.run();
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(Supplier<T> section) {
        lock.lock();
        try {
            return section.get();
        } finally {
            lock.unlock();
        }
    }
}
