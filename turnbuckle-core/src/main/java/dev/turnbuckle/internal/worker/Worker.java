package dev.turnbuckle.internal.worker;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.Wakeups;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds sessions that are due, drives them, at most so many at once. Two tasks besides the drives: this claim loop, and
 * the {@link Upkeep} loop. A session is driven by one task of this node at a time; an offer for one that is being driven
 * is remembered and looked at when that drive ends.
 *
 * <p>While there are more sessions than places, only the claim loop gives places, in the order of the waiting: an offer
 * takes none by itself, and a session that has more to do gives its place back after each turn (Q18).
 */
public final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** How soon the store is asked again when something is due. */
    private static final Duration LEAST = Duration.ofMillis(5);

    private static final int LOOKED_AT = 128;

    /** From so many on, nodes that look at the same moment tell each other who starts which. */
    private static final int MANY = 8;

    /** What failed is looked at again after it. */
    private static final Duration FAILED = Duration.ofSeconds(1);

    /** How often the store is asked while a session that could not be driven is due. */
    private static final Duration LEAST_WHILE_FAILED = Duration.ofMillis(50);

    /** So many sessions are remembered that could not be driven; beyond that they are tried at once. */
    private static final int MOST_FAILED = 1_024;

    private final Node node;
    private final Driver driver;
    private final Upkeep upkeep;
    private final Environment.Signal wake;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Slot> slots = new HashMap<>();
    /** Until when the claim loop leaves a session alone that could not be driven, on the monotonic clock. */
    private final Map<String, Long> failed = new HashMap<>();

    private final Looks looks;
    private final FairOrder fair = new FairOrder();
    private boolean crowded;
    private Environment.@Nullable Task claims;

    /** One driven session. */
    private static final class Slot {
        /** The turn after which nothing more is driven; {@code null} for none. */
        final @Nullable TurnId until;

        boolean again;

        /** The turn of this session that was cancelled last in this process. */
        Turns.@Nullable TurnRef cancelled;

        Turns.@Nullable Start first;

        @Nullable Drive drive;

        Environment.@Nullable Task task;

        /** Why it was given up; read when the task has ended. */
        @Nullable TurnbuckleException failure;

        Slot(@Nullable TurnId until) {
            this.until = until;
        }

        /** For who drives by hand: the store's failure is not nothing to do. */
        void requireDriven() {
            if (failure != null) {
                throw failure;
            }
        }

        boolean reached() {
            return until != null && drive != null && drive.was(until);
        }
    }

    public Worker(Node node) {
        this.node = node;
        this.driver = new Driver(node);
        this.wake = node.environment().signal();
        this.looks = new Looks(node);
        this.upkeep = new Upkeep(node, this);
        node.offersTo(this::offer);
    }

    public void start() {
        if (!node.agents().isEmpty() && !node.options().manual()) {
            claims = node.environment().start("turnbuckle-claims", this::claimLoop);
        }
        upkeep.start();
        node.storage().wakeups().listen(this::hear);
    }

    /** Something was accepted or became ready in this process. */
    public void offer(String session) {
        if (node.agents().isEmpty() || node.draining() || node.options().manual()) {
            tell(Wakeups.Kind.DUE, session);
        } else if (!begin(session, true)) {
            look();
            tell(Wakeups.Kind.DUE, session);
        }
    }

    private void tell(Wakeups.Kind kind, String session) {
        node.storage().wakeups().tell(new Wakeups.Hint(kind, session));
    }

    /** What another node says. */
    private void hear(Wakeups.Hint hint) {
        switch (hint.kind()) {
            case DUE -> look();
            case CHANGED -> {
                node.ends().heard(hint.session());
                upkeep.hear(hint.session());
            }
            case MISSED -> {
                look();
                node.ends().wakeAll();
                upkeep.hear();
            }
        }
    }

    /** Something may be due: look now. */
    public void look() {
        looks.told();
        wake.raise();
    }

    /** Observers or drives appeared that upkeep should look at. */
    public void attend() {
        upkeep.attend();
    }

    /** Drives what is due and what that makes due, until nothing is (Q11). @return how many drives there were */
    public int runDue() throws InterruptedException {
        int drives = 0;
        while (!node.draining()) {
            List<String> due = node.storage().inbox().due(node.agentNames(), LOOKED_AT);
            if (due.isEmpty()) {
                break;
            }
            List<Slot> begun = beginAll(due);
            drives += begun.size();
            for (Environment.Task task : tasks()) {
                task.join();
            }
            begun.forEach(Slot::requireDriven);
        }
        return drives;
    }

    private List<Slot> beginAll(List<String> sessions) {
        var begun = new ArrayList<Slot>();
        for (String session : sessions) {
            Entered entered = isDriven(session) ? null : enter(session, null);
            if (entered != null && entered.mine()) {
                launch(session, entered.slot());
                begun.add(entered.slot());
            }
        }
        return begun;
    }

    /**
     * Drives one session up to the turn that this input opens (Q11).
     *
     * @return what the session's first start answered: what was driven, or why nothing was
     */
    public Turns.Start run(String session, TurnId until) throws InterruptedException {
        while (true) {
            Entered entered = enter(session, until);
            if (entered != null && entered.mine()) {
                launch(session, entered.slot()).join();
                entered.slot().requireDriven();
                Turns.Start first = entered.slot().first;
                return first == null ? new Turns.Start.Empty(Turns.EmptyReason.NOTHING, null) : first;
            }
            for (Environment.Task task : tasks()) { // this session's drive, or one that takes the last place
                task.join();
            }
        }
    }

    /** @param offered by somebody who may not know who else waits */
    private boolean begin(String session, boolean offered) {
        Entered entered = offered && isCrowded() ? null : enter(session, null);
        if (entered != null && entered.mine()) {
            launch(session, entered.slot());
        }
        return entered != null;
    }

    private boolean isCrowded() {
        lock.lock();
        try {
            return crowded;
        } finally {
            lock.unlock();
        }
    }

    /** @param mine false for a session that is being driven: it is looked at again when that ends */
    private record Entered(Slot slot, boolean mine) {}

    /** @return {@code null} when all places are taken */
    private @Nullable Entered enter(String session, @Nullable TurnId until) {
        lock.lock();
        try {
            Slot there = slots.get(session);
            if (there != null) {
                there.again = true;
                return new Entered(there, false);
            }
            if (slots.size() >= node.options().concurrentTurns()) {
                crowded = true;
                return null;
            }
            var slot = new Slot(until);
            slots.put(session, slot);
            return new Entered(slot, true);
        } finally {
            lock.unlock();
        }
    }

    private Environment.Task launch(String session, Slot slot) {
        Environment.Task task;
        try {
            task = node.environment().start("turnbuckle-turn " + session, () -> driveAll(session, slot));
        } catch (RuntimeException | Error e) { // no task, so nobody else gives the place back
            leave(session, slot);
            throw e;
        }
        lock.lock();
        try {
            slot.task = task;
        } finally {
            lock.unlock();
        }
        return task;
    }

    private void driveAll(String session, Slot slot) {
        var last = Driven.LEFT;
        try {
            do {
                last = Driven.LEFT; // unless it says otherwise
                last = driveOnce(session, slot);
            } while (!node.draining() && !slot.reached() && goesOn(session, slot));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TurnbuckleException e) { // the worker's edge: the store failed; the claim loop looks again
            LOG.warn("session {}: {}", session, e.toString());
            slot.failure = e;
            rests(session);
        } catch (RuntimeException e) { // a bug, for whoever hears of a task's end
            rests(session);
            throw e;
        } finally {
            boolean due = leave(session, slot) || last == Driven.LEFT;
            if (due) {
                look();
            } else if (last == Driven.NOT) {
                wake.raise(); // it may be due at a time that this node does not know of
            }
            if (due && node.draining()) {
                tell(Wakeups.Kind.DUE, session);
            }
        }
    }

    private void rests(String session) {
        long until = node.environment().nanos() + FAILED.toNanos();
        lock.lock();
        try {
            if (failed.size() >= MOST_FAILED) {
                failed.clear();
            }
            failed.put(session, until);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the claim loop has nothing to do with it now. */
    private boolean isLeftAlone(String session) {
        long now = node.environment().nanos();
        lock.lock();
        try {
            Long until = failed.get(session);
            return slots.containsKey(session) || (until != null && now - until < 0);
        } finally {
            lock.unlock();
        }
    }

    /** @return how often the store is asked at most */
    private Duration least() {
        long now = node.environment().nanos();
        lock.lock();
        try {
            failed.values().removeIf(until -> now - until >= 0);
            return failed.isEmpty() ? LEAST : LEAST_WHILE_FAILED;
        } finally {
            lock.unlock();
        }
    }

    private enum Driven {
        /** Another node is at it, or there was nothing to start. */
        NOT,
        /** Committed, and nothing of it is due later. */
        AT_REST,
        /** By this node, which leaves something open. */
        LEFT
    }

    private Driven driveOnce(String session, Slot slot) throws InterruptedException {
        begins(slot);
        var by = new Claimant(
                node.options().name(),
                node.storage().traits().incarnation(),
                node.environment().id());
        var request =
                new Turns.StartRequest(session, by, node.options().leaseTtl(), node.agentNames(), node.mergingAgents());
        Turns.Start start = node.storage().turns().start(request);
        if (slot.first == null) {
            slot.first = start;
        }
        if (start instanceof Turns.Start.Empty(var reason, var due) && reason == Turns.EmptyReason.UNKNOWN_AGENT) {
            tell(Wakeups.Kind.DUE, session);
        }
        if (!(start instanceof Turns.Start.Go(var started))) {
            return Driven.NOT;
        }
        if (started.displaced() != null) {
            LOG.info(
                    "session {}: taken over from {}",
                    session,
                    started.displaced().worker());
        }
        driver.drive(started, drive -> register(slot, drive));
        SessionRow after = slot.drive == null ? null : slot.drive.after();
        if (after == null) {
            return Driven.LEFT;
        }
        Instant due = after.due();
        if (due != null && !due.isAfter(after.updatedAt())) { // by one clock, which need not be this node's
            slot.again = true;
        }
        return due == null ? Driven.AT_REST : Driven.LEFT;
    }

    /** A cancel may have come after the start read the gate and before there was a drive to tell. */
    private void register(Slot slot, Drive drive) {
        boolean cancelled;
        lock.lock();
        try {
            slot.drive = drive;
            cancelled = drive.turn().equals(slot.cancelled);
        } finally {
            lock.unlock();
        }
        upkeep.attend(); // not before: it would find nothing to renew, and rest for longer than the lease lives
        if (cancelled) {
            drive.cancel();
        }
    }

    private void begins(Slot slot) {
        lock.lock();
        try {
            slot.again = false;
            slot.drive = null;
        } finally {
            lock.unlock();
        }
    }

    /** @return false when the slot is free again; decided under the lock, so that no offer falls between */
    private boolean goesOn(String session, Slot slot) {
        lock.lock();
        try {
            boolean goesOn = slot.again && (!crowded || node.options().manual());
            if (!goesOn) {
                slots.remove(session, slot);
            }
            return goesOn;
        } finally {
            lock.unlock();
        }
    }

    /** @return whether somebody waits for a place, or this session was offered after the last look */
    private boolean leave(String session, Slot slot) {
        lock.lock();
        try {
            slots.remove(session, slot);
            return crowded || slot.again;
        } finally {
            lock.unlock();
        }
    }

    private void claimLoop() {
        try {
            node.storage().leases().expireDead();
        } catch (TurnbuckleException e) {
            LOG.warn("could not look for dead holders: {}", e.toString());
        }
        try {
            while (!node.draining()) {
                long seen = wake.version();
                Duration pause = claimDue();
                wake.await(seen, pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return how long nothing needs to be looked at, unless something is offered */
    private Duration claimDue() {
        try {
            if (full()) {
                return looks.pauseWhileFull();
            }
            Duration since = looks.begin();
            List<String> due = node.storage().inbox().due(node.agentNames(), since, LOOKED_AT);
            crowded(due.size() == LOOKED_AT);
            claim(due, since);
            return looks.pause(!due.isEmpty(), least());
        } catch (TurnbuckleException e) { // the worker's edge: the store is away; keep looking
            LOG.warn("looking for work failed: {}", e.toString());
        } catch (RuntimeException e) { // the worker's edge: a bug must not end the looking for work
            LOG.error("looking for work failed", e);
        }
        looks.told(); // whatever it was about, the next look is for it
        return FAILED;
    }

    private void claim(List<String> due, Duration since) {
        List<FairOrder.Candidate> candidates = candidates(due, since).stream()
                .filter(c -> !isLeftAlone(c.session()))
                .toList();
        List<FairOrder.Candidate> next = candidates.subList(0, Math.min(candidates.size(), free()));
        List<String> sessions = next.stream().map(FairOrder.Candidate::session).toList();
        Set<String> mine = Set.copyOf(
                sessions.size() < MANY ? sessions : node.storage().inbox().choose(sessions));
        if (next.size() < candidates.size()) {
            crowded(true); // before the first of these can end
        }
        boolean begun = true;
        for (FairOrder.Candidate candidate : next) {
            if (begun && mine.contains(candidate.session())) {
                begun = begin(candidate.session(), false);
                if (begun) {
                    fair.served(candidate);
                }
            }
        }
    }

    private List<FairOrder.Candidate> candidates(List<String> due, Duration since) {
        if (node.options().fairBy() == null || due.isEmpty()) {
            return due.stream().map(FairOrder.Candidate::ofAll).toList();
        }
        var inbox = node.storage().inbox();
        return fair.candidates(
                due, name -> inbox.dueByShare(node.agentNames(), since, name, FairOrder.PAGE, FairOrder.OF_EACH));
    }

    private int free() {
        lock.lock();
        try {
            return Math.max(0, node.options().concurrentTurns() - slots.size());
        } finally {
            lock.unlock();
        }
    }

    private void crowded(boolean now) {
        lock.lock();
        try {
            crowded = now;
        } finally {
            lock.unlock();
        }
    }

    /** Whether all places are taken; who leaves the next one looks what became due. */
    private boolean full() {
        lock.lock();
        try {
            boolean full = slots.size() >= node.options().concurrentTurns();
            crowded |= full;
            return full;
        } finally {
            lock.unlock();
        }
    }

    boolean isDriven(String session) {
        lock.lock();
        try {
            return slots.containsKey(session);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a drive here is going to tell what becomes of this session. */
    boolean tells(String session) {
        lock.lock();
        try {
            Slot slot = slots.get(session);
            return slot != null && slot.drive != null && slot.drive.tells();
        } finally {
            lock.unlock();
        }
    }

    Collection<Drive> drives() {
        lock.lock();
        try {
            var drives = new ArrayList<Drive>();
            for (Slot slot : slots.values()) {
                Drive drive = slot.drive;
                if (drive != null && drive.after() == null) {
                    drives.add(drive);
                }
            }
            return drives;
        } finally {
            lock.unlock();
        }
    }

    /** A cancel of this process reaches its turn at once. */
    public void cancelled(Turns.TurnRef turn) {
        Drive drive;
        lock.lock();
        try {
            Slot slot = slots.get(turn.session());
            if (slot == null) {
                return; // whoever starts it reads the gate
            }
            slot.cancelled = turn;
            drive = slot.drive;
        } finally {
            lock.unlock();
        }
        if (drive != null && drive.turn().equals(turn)) {
            drive.cancel();
        }
    }

    /** Stops claiming, lets effects finish, hands back; interrupts what does not end in time. */
    public void close(Duration drain) {
        node.drain();
        wake.raise();
        drives().forEach(d -> d.wake().raise()); // a turn that rests between two attempts has nothing to finish
        node.ends().wakeAll();
        try {
            await(drain);
            node.stop();
            drives().forEach(d -> d.wake().raise());
            await(Duration.ofSeconds(2));
            tasks().forEach(Environment.Task::interrupt);
            await(Duration.ofSeconds(1));
            if (claims != null) {
                claims.interrupt();
                claims.join(Duration.ofSeconds(1));
            }
            upkeep.close();
        } catch (InterruptedException e) {
            node.stop();
            tasks().forEach(Environment.Task::interrupt);
            Thread.currentThread().interrupt();
        }
    }

    private List<Environment.Task> tasks() {
        lock.lock();
        try {
            return slots.values().stream()
                    .map(s -> s.task)
                    .filter(t -> t != null)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private void await(Duration atMost) throws InterruptedException {
        long end = node.environment().nanos() + atMost.toNanos();
        for (Environment.Task task : tasks()) {
            long left = end - node.environment().nanos();
            if (left <= 0) {
                return;
            }
            task.join(Duration.ofNanos(left));
        }
    }
}
