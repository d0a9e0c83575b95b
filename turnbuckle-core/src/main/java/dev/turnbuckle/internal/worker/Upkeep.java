package dev.turnbuckle.internal.worker;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.Turns;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does beside driving: renews leases, hears of cancels and commits of other processes (T8, O17), expires the
 * leases of dead holders (L7), trims. One task; it sleeps until attended when there is nothing to look after.
 */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    /** How often other processes are listened to: twice this bounds how late a cancel is seen, well below a second (T10). */
    private static final Duration LISTEN = Duration.ofMillis(100);

    /** The same while they tell what they do: a lost hint costs no more. */
    private static final Duration TOLD = Duration.ofSeconds(1);

    /** How often memory is trimmed while there is something to trim. */
    private static final Duration TRIM = Duration.ofSeconds(30);

    /** Rows of deleted sessions that one look removes at most. */
    private static final int RECLAIMED_AT_ONCE = 1_000;

    /** Leases that cannot be renewed are tried again after such a part of their time. */
    private static final int SOON = 10;

    /** When so many cannot be renewed, one by one, it is the store that is away. */
    private static final int MOST_STUCK = 8;

    private static final Duration IDLE = Duration.ofHours(1);

    private final Node node;
    private final Worker worker;
    private final Environment.Signal attention;
    private long renewedAt;
    private long trimmedAt;
    private volatile boolean resting = true;
    private volatile boolean heard;
    private Environment.@Nullable Task task;

    Upkeep(Node node, Worker worker) {
        this.node = node;
        this.worker = worker;
        this.attention = node.environment().signal();
    }

    void start() {
        renewedAt = node.environment().nanos();
        trimmedAt = renewedAt;
        task = node.environment().start("turnbuckle-upkeep", this::loop);
    }

    /** Wakes it from a long rest only: a turn is often shorter than the time to the next look. */
    void attend() {
        if (resting) {
            attention.raise();
        }
    }

    /** Another node says that a session changed: look now when that concerns somebody here. */
    void hear(String session) {
        if (worker.isDriven(session) || node.live().observes(session)) {
            hear();
        }
    }

    void hear() {
        heard = true;
        attention.raise();
    }

    void close() throws InterruptedException {
        if (task != null) {
            task.interrupt();
            task.join(Duration.ofSeconds(1));
        }
    }

    private void loop() {
        try {
            while (!node.stopping()) {
                long seen = attention.version();
                resting = true;
                Duration pause = once();
                resting = pause.compareTo(renewal()) > 0;
                attention.await(seen, pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return how long nothing needs to be looked at, unless somebody attends */
    private Duration once() {
        try {
            Collection<Drive> drives = worker.drives();
            Set<String> observed = node.live().observed();
            renew(drives);
            trim();
            if (node.storage().traits().shared()) {
                listen(drives, observed);
                Duration often = node.storage().wakeups().flowing() ? TOLD : LISTEN;
                Duration listen = often.compareTo(renewal()) < 0 ? often : renewal();
                return drives.isEmpty() && observed.isEmpty() && node.agents().isEmpty() ? IDLE : listen;
            }
            boolean nothing =
                    node.cache().isEmpty() && observed.isEmpty() && !node.live().holdsAny();
            return !drives.isEmpty() ? renewal() : nothing ? IDLE : TRIM;
        } catch (TurnbuckleException e) { // the worker's edge: the store is away; leases are renewed until they expire
            LOG.warn("upkeep failed, tried again: {}", e.toString());
            return LISTEN;
        } catch (RuntimeException e) { // the worker's edge: a bug must not end the renewals
            LOG.error("upkeep failed, tried again", e);
            return LISTEN;
        }
    }

    private Duration renewal() {
        return node.options().leaseTtl().dividedBy(3);
    }

    private void renew(Collection<Drive> drives) {
        long now = node.environment().nanos();
        Duration ttl = node.options().leaseTtl();
        if (drives.isEmpty() || now - renewedAt < renewal().toNanos()) {
            return;
        }
        List<Drive> held = List.copyOf(drives);
        try {
            renew(held, ttl);
            renewedAt = now;
        } catch (TurnbuckleException e) {
            renewEach(held, ttl, e);
            renewedAt = now - renewal().minus(ttl.dividedBy(SOON)).toNanos();
        }
    }

    /** One that cannot be renewed now, because somebody holds its row, must not take the others with it. */
    private void renewEach(List<Drive> held, Duration ttl, TurnbuckleException together) {
        int stuck = 0;
        TurnbuckleException last = together;
        for (Drive drive : held) {
            try {
                renew(List.of(drive), ttl);
            } catch (TurnbuckleException e) {
                last = e;
                if (++stuck == Math.min(MOST_STUCK, held.size())) {
                    throw e;
                }
            }
        }
        LOG.warn("{} of {} leases were not renewed, tried again soon: {}", stuck, held.size(), last.toString());
    }

    private void renew(List<Drive> held, Duration ttl) {
        var answers =
                node.storage().leases().renew(held.stream().map(Drive::lease).toList(), ttl);
        for (int i = 0; i < held.size(); i++) {
            switch (answers.get(i)) {
                case Leases.Renewal.Renewed(var lease) -> held.get(i).renewed(lease);
                case Leases.Renewal.Refused refused -> {
                    if (worker.drives().contains(held.get(i))) {
                        lost(held.get(i), refused);
                    }
                }
            }
        }
    }

    /** A released one was given back by a commit that lands just now, or went with its session. */
    private static void lost(Drive drive, Leases.Renewal.Refused refused) {
        if (!refused.why().equals("released")) {
            LOG.warn(
                    "session {}: lease not renewed ({}); its turn is given up here",
                    refused.lease().scope().id(),
                    refused.why());
        }
        drive.lost(refused.why());
    }

    private void listen(Collection<Drive> drives, Set<String> observed) {
        if (!node.agents().isEmpty() && node.storage().leases().expireDead() > 0) {
            worker.look();
        }
        hearCancels(drives);
        if (!observed.isEmpty()) {
            Map<String, Long> heads = node.storage().sessions().heads(observed);
            tellOfDeleted(observed, heads);
            heads.forEach((session, revision) -> {
                if (!worker.tells(session) && revision > Math.max(0, node.live().revision(session))) {
                    node.live().head(session, revision);
                }
            });
        }
    }

    /** Sessions that were seen and are not there any more (O11). */
    private void tellOfDeleted(Set<String> observed, Map<String, Long> heads) {
        for (String session : observed) {
            boolean gone = !heads.containsKey(session)
                    && node.storage()
                            .sessions()
                            .find(session)
                            .map(SessionRow::deleted)
                            .orElse(false);
            if (gone) {
                node.live().end(session, "deleted");
            }
        }
    }

    /** A drive younger than a look has read its gate itself, and reads it again with all that it records. */
    private void hearCancels(Collection<Drive> drives) {
        long now = node.environment().nanos();
        boolean all = heard;
        heard = false;
        List<Drive> older = drives.stream()
                .filter(d -> all || now - d.begunAt() >= LISTEN.toNanos())
                .toList();
        if (!older.isEmpty()) {
            Set<Turns.TurnRef> cancelled = node.storage()
                    .turns()
                    .cancelled(older.stream().map(Drive::turn).toList());
            older.stream().filter(d -> cancelled.contains(d.turn())).forEach(Drive::cancel);
        }
    }

    /** What deleted sessions left goes in bounded steps, one a look (S3). */
    private void reclaim() {
        if (!node.agents().isEmpty()) {
            node.storage().maintenance().reclaim(RECLAIMED_AT_ONCE);
        }
    }

    private void trim() {
        long now = node.environment().nanos();
        if (now - trimmedAt >= TRIM.toNanos()) {
            trimmedAt = now;
            node.live().trim();
            reclaim();
            node.cache().sweep(now);
        }
    }
}
