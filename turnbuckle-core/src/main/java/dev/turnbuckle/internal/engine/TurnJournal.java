package dev.turnbuckle.internal.engine;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.internal.codec.JsonDiff;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Journal.RecordResult;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.tool.EffectClass;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The turn's effects: what is recorded, and what is buffered to be recorded with the next flush. Buffering keeps a turn
 * at few transactions (J14): nothing that another effect depends on may stay buffered, which is the caller's duty to
 * flush. Thread-safe; one flush is under way at a time and takes everything that was buffered before it.
 */
final class TurnJournal {
    private static final Duration LONG = Duration.ofHours(1);

    private final TurnPort port;
    private final Environment.Signal flushed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, JournalEntry> known = new LinkedHashMap<>();
    private List<JournalEntry> buffer = new ArrayList<>();
    private List<Blob> blobs = new ArrayList<>();
    private long buffered;
    private long durable;
    private boolean flushing;

    TurnJournal(TurnPort port, List<JournalEntry> recorded) {
        this.port = port;
        this.flushed = port.environment().signal();
        recorded.forEach(e -> known.put(e.key(), e));
    }

    /**
     * What is recorded under this key.
     *
     * @throws Halt when it was recorded for another request (J2)
     */
    @Nullable JournalEntry recall(String key, String request) {
        lock.lock();
        try {
            JournalEntry entry = known.get(key);
            if (entry != null && !entry.requestHash().equals(Hash.of(request))) {
                throw new Halt(
                        new Halt.Reason.Mismatch(key, JsonDiff.of(Json.parse(entry.request()), Json.parse(request))));
            }
            return entry;
        } finally {
            lock.unlock();
        }
    }

    /** The outcome that is recorded under a key whose request says nothing; {@code null} when there is none. */
    @Nullable String recalled(String key) {
        JournalEntry entry = recall(key, "{}");
        return entry == null ? null : entry.outcome();
    }

    boolean has(String key) {
        lock.lock();
        try {
            return known.containsKey(key);
        } finally {
            lock.unlock();
        }
    }

    /** Buffers that an effect starts. */
    void started(String key, String kind, EffectClass effectClass, String request, Instant at) {
        add(new JournalEntry(key, kind, effectClass, Hash.of(request), request, null, 1, at, null), List.of());
    }

    /** Buffers an outcome. */
    void done(
            String key,
            String kind,
            EffectClass effectClass,
            String request,
            String outcome,
            Timing timing,
            List<Blob> extra) {
        add(
                new JournalEntry(
                        key,
                        kind,
                        effectClass,
                        Hash.of(request),
                        request,
                        outcome,
                        timing.attempts(),
                        timing.start(),
                        timing.end()),
                extra);
    }

    record Timing(Instant start, Instant end, int attempts) {}

    private void add(JournalEntry entry, List<Blob> extra) {
        lock.lock();
        try {
            known.put(entry.key(), entry);
            buffer.add(entry);
            blobs.addAll(extra);
            buffered++;
        } finally {
            lock.unlock();
        }
    }

    /** Returns when everything buffered before the call is durable. */
    void flush() throws InterruptedException {
        while (true) {
            long seen = flushed.version();
            Batch batch = nextBatch();
            if (batch.nothingLeft()) {
                return;
            }
            if (batch.entries().isEmpty()) {
                flushed.await(seen, LONG);
            } else {
                write(batch);
            }
        }
    }

    /** @param nothingLeft all is durable; entries are empty too while another flush is under way */
    private record Batch(List<JournalEntry> entries, List<Blob> blobs, long upTo, boolean nothingLeft) {}

    private Batch nextBatch() {
        lock.lock();
        try {
            if (durable == buffered || flushing) {
                return new Batch(List.of(), List.of(), buffered, durable == buffered);
            }
            flushing = true;
            var batch = new Batch(buffer, blobs, buffered, false);
            buffer = new ArrayList<>();
            blobs = new ArrayList<>();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void write(Batch batch) {
        boolean written = false;
        try {
            RecordResult result = port.record(batch.entries(), batch.blobs());
            if (result instanceof RecordResult.LeaseLost lost) {
                throw new Halt(new Halt.Reason.LeaseLost(lost.why()));
            }
            written = true;
        } finally {
            finish(batch, written);
        }
    }

    private void finish(Batch batch, boolean written) {
        lock.lock();
        try {
            flushing = false;
            if (written) {
                durable = batch.upTo();
            } else {
                batch.entries().addAll(buffer);
                batch.blobs().addAll(blobs);
                buffer = batch.entries();
                blobs = batch.blobs();
            }
        } finally {
            lock.unlock();
        }
        flushed.raise();
    }

    /** Rises with each flush that wrote. */
    long flushes() {
        lock.lock();
        try {
            return durable;
        } finally {
            lock.unlock();
        }
    }

    /** Everything, recorded or not, in the order in which it came: what the turn record is made of. */
    List<JournalEntry> all() {
        lock.lock();
        try {
            return List.copyOf(known.values());
        } finally {
            lock.unlock();
        }
    }

    List<JournalEntry> unflushed() {
        lock.lock();
        try {
            return List.copyOf(buffer);
        } finally {
            lock.unlock();
        }
    }

    List<Blob> unflushedBlobs() {
        lock.lock();
        try {
            return List.copyOf(blobs);
        } finally {
            lock.unlock();
        }
    }
}
