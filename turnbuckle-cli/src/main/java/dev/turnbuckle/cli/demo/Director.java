package dev.turnbuckle.cli.demo;

import dev.turnbuckle.Session;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the worker processes of a demo and kills them. At any time one drives, one stands by with the database open, as
 * the second node of an application would, and others have started but not opened it, so that the story need not wait
 * for a JVM. Who stands by finds out by itself that the other is dead.
 */
final class Director implements AutoCloseable {
    /** Nothing was heard for so long: something is broken. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private static final Duration ECHO = Duration.ofMillis(300);
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private final DemoFolder folder;
    private final Script script;
    private final Stage stage;
    private final Session session;
    private final BlockingQueue<WorkerProcess.Event> events = new LinkedBlockingQueue<>();
    private final Collection<WorkerProcess> all = new ConcurrentLinkedQueue<>();
    private final Deque<WorkerProcess> spare = new ArrayDeque<>();
    private final Set<WorkerProcess> open = new HashSet<>();
    private final Set<WorkerProcess> killed = new HashSet<>();

    /** Killed by somebody else: the process ids are there to see. */
    private final Set<WorkerProcess> killedByOthers = new HashSet<>();

    private final List<TurnId> accepted = new ArrayList<>();
    private final Thread atExit = new Thread(() -> all.forEach(WorkerProcess::kill));

    private int opened;
    private int died;
    private @Nullable WorkerProcess driver;
    private @Nullable WorkerProcess orphanOf;
    private long killedAt;
    private long killAt = Long.MAX_VALUE;
    private String killWhy = "";

    /** The demo could not go on; what was expected and what came instead. */
    static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failure(String message) {
            super(message);
        }
    }

    Director(DemoFolder folder, Script script, Stage stage, Turnbuckle turnbuckle) {
        this.folder = folder;
        this.script = script;
        this.stage = stage;
        this.session = turnbuckle.session(DemoFolder.SESSION, DemoFolder.AGENT);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    List<TurnId> accepted() {
        return List.copyOf(accepted);
    }

    /** Processes that the system reports as ended by SIGKILL. */
    int kills() {
        return died;
    }

    /** How many were sent, or seen to be sent by somebody else. */
    int killsMeant() {
        return killed.size() + killedByOthers.size();
    }

    /** Returns when every kill was made and every accepted input is answered. */
    void run() throws IOException, InterruptedException {
        start();
        start();
        accept();
        while (!over()) {
            WorkerProcess.Event event = next();
            if (event == null) {
                kill(killWhy);
            } else {
                on(event);
            }
        }
        hearOut();
    }

    /** What the last worker tells after its commit, which the database knew first. */
    private void hearOut() throws IOException, InterruptedException {
        WorkerProcess.Event event;
        do {
            event = events.poll(ECHO.toMillis(), TimeUnit.MILLISECONDS);
            if (event != null) {
                on(event);
            }
        } while (event != null && !event.type().equals("committed"));
    }

    private boolean over() {
        return killed.size() == script.kills() && died == killsMeant() && answered();
    }

    private boolean answered() {
        return session.turn(accepted.getLast())
                .summary()
                .map(t -> t.outcome() instanceof TurnOutcome.Answered)
                .orElse(false);
    }

    /** Few at a time: those that start take the processor from whoever drives. */
    private void startAhead() throws IOException {
        int starting = all.size() - opened - spare.size();
        if (starting + spare.size() < script.spare() && all.size() <= script.kills() + killedByOthers.size()) {
            start();
        }
    }

    private void start() throws IOException {
        WorkerProcess worker = WorkerProcess.start(folder, script.pace(), events);
        all.add(worker);
    }

    private void accept() {
        String text = script.input(accepted.size());
        TurnId turn = session.send(text).id();
        accepted.add(turn);
        stage.accepted(text, turn);
    }

    /** @return {@code null} when the driver's time has come */
    private WorkerProcess.@Nullable Event next() throws InterruptedException {
        long wait = Math.min(SILENCE.toNanos(), killAt - System.nanoTime());
        WorkerProcess.Event event = events.poll(wait, TimeUnit.NANOSECONDS);
        if (event == null && System.nanoTime() < killAt) {
            throw new Failure(
                    "nothing was heard of the workers for " + SILENCE.toSeconds() + " s; see " + folder.log());
        }
        return event;
    }

    private void on(WorkerProcess.Event event) throws IOException {
        WorkerProcess worker = event.worker();
        switch (event.type()) {
            case "started" -> {
                spare.add(worker);
                open();
                startAhead();
            }
            case "turn_started" -> drives(worker, event);
            case "held" -> {
                if (killed.size() < script.kills()) {
                    kill(event.text("moment"));
                } else {
                    worker.hold(new Holds.Moment.None());
                }
            }
            case "exited" -> exited(worker, event.json().path("status").asInt());
            default -> {}
        }
        if (!isDead(worker)) {
            stage.event(event);
        }
        if (event.type().equals("turn_ended") || event.type().equals("exited")) {
            goOn();
        }
    }

    /** Work for the kills that are left. */
    private void goOn() {
        if (killed.size() < script.kills() && answered()) {
            accept();
        }
    }

    /** One stands by while another drives: the next is opened when the roles are clear, so that each has its own moment. */
    private void open() {
        boolean driven = driver != null && !isDead(driver);
        int wanted = Math.min(script.kills() + 1, killed.size() + (driven ? 2 : 1)) + killedByOthers.size();
        while (opened < wanted && !spare.isEmpty()) {
            WorkerProcess next = spare.remove();
            next.hold(script.hold(killed.size()));
            next.open();
            open.add(next);
            opened++;
        }
    }

    private void drives(WorkerProcess worker, WorkerProcess.Event event) throws IOException {
        boolean first = driver == null;
        WorkerProcess from = orphanOf;
        driver = worker;
        if (from != null) {
            orphanOf = null;
            stage.tookOver(
                    worker, from, new TurnId(event.text("turn")), Duration.ofNanos(System.nanoTime() - killedAt));
        }
        if ((first || from != null) && killed.size() < script.kills()) {
            Duration after = script.killAfter(killed.size());
            killWhy = after == null ? "" : "after " + after.toMillis() + " ms";
            killAt = after == null ? Long.MAX_VALUE : System.nanoTime() + after.toNanos();
        }
        open();
        startAhead();
    }

    private void kill(String instant) {
        WorkerProcess victim = driver;
        killAt = Long.MAX_VALUE;
        if (victim == null || !killed.add(victim)) {
            return;
        }
        // Whoever stands by learns its own moment before there is something to drive.
        open.remove(victim);
        open.forEach(w -> w.hold(script.hold(killed.size())));
        killedAt = System.nanoTime();
        victim.kill();
        orphanOf = victim;
        stage.killed(victim, instant);
    }

    private boolean isDead(WorkerProcess worker) {
        return killed.contains(worker) || killedByOthers.contains(worker);
    }

    private void killedByOther(WorkerProcess worker) throws IOException {
        killedByOthers.add(worker);
        boolean wasOpen = open.remove(worker);
        if (!wasOpen) {
            spare.remove(worker);
            all.remove(worker);
        }
        if (worker.equals(driver)) {
            killAt = Long.MAX_VALUE;
            killedAt = System.nanoTime();
            orphanOf = worker;
        }
        stage.killed(worker, "by somebody else");
    }

    private void exited(WorkerProcess worker, int status) throws IOException {
        if (!killed.contains(worker) && status == WorkerProcess.KILLED) {
            killedByOther(worker);
        }
        if (!isDead(worker)) {
            throw new Failure("worker " + worker.pid()
                    + " was expected to run until it is killed, and ended by itself with status " + status + "; see "
                    + folder.log());
        }
        if (status == WorkerProcess.KILLED) {
            died++;
            open();
            startAhead();
        } else {
            throw new Failure("worker " + worker.pid() + " was killed and ended with status " + status + " instead of "
                    + WorkerProcess.KILLED);
        }
    }

    /** Lets the workers go; those that stay are stopped. */
    @Override
    public void close() {
        all.forEach(WorkerProcess::dismiss);
        long until = System.nanoTime() + FAREWELL.toNanos();
        all.forEach(w -> w.awaitEnd(Duration.ofNanos(Math.max(0, until - System.nanoTime()))));
        all.forEach(WorkerProcess::kill);
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
