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
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The turn's effects: what is recorded, and what is buffered to be recorded with the next flush. Buffering keeps a turn
 * at few transactions (J14): nothing that another effect depends on may stay buffered, which is the caller's duty to
 * flush. Thread-safe; one flush is under way at a time and takes everything that was buffered before it.
 */
final class TurnJournal {
    /** A request or outcome longer than this is kept as a blob, its row names it (J6). */
    static final int MAX_INLINE_CHARS = 32 * 1024;

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
        JournalEntry entry;
        lock.lock();
        try {
            entry = known.get(key);
        } finally {
            lock.unlock();
        }
        if (entry != null && !entry.requestHash().equals(Hash.of(request))) {
            throw new Halt(new Halt.Reason.Mismatch(
                    key, JsonDiff.of(Json.parse(whole(entry.request())), Json.parse(request))));
        }
        return entry;
    }

    /** The outcome of an entry; {@code null} while it is only started. */
    @Nullable String outcome(@Nullable JournalEntry entry) {
        String stored = entry == null ? null : entry.outcome();
        return stored == null ? null : whole(stored);
    }

    private String whole(String stored) {
        return whole(stored, port::blob);
    }

    /** The payload that a row stands for, itself or in a blob. */
    static String whole(String stored, Function<String, Blob> blobs) {
        return stored.startsWith(BLOB_PREFIX)
                ? blobs.apply(Json.read(stored, InBlob.class).blob()).text()
                : stored;
    }

    /** What stands in a row for a payload that is a blob. */
    private record InBlob(String blob, int chars) {}

    /** No request or outcome of ours begins like this. */
    private static final String BLOB_PREFIX = "{\"blob\":";

    private static String inline(String payload, List<Blob> extra) {
        if (payload.length() <= MAX_INLINE_CHARS) {
            return payload;
        }
        Blob blob = Blob.of(payload);
        extra.add(blob);
        return Json.write(new InBlob(blob.hash(), payload.length()));
    }

    /** The outcome that is recorded under a key whose request says nothing; {@code null} when there is none. */
    @Nullable String recalled(String key) {
        return outcome(recall(key, "{}"));
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
        var spilled = new ArrayList<Blob>();
        String kept = inline(request, spilled);
        add(new JournalEntry(key, kind, effectClass, Hash.of(request), kept, null, 1, at, null), spilled);
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
        var spilled = new ArrayList<>(extra);
        String keptRequest = inline(request, spilled);
        String keptOutcome = inline(outcome, spilled);
        add(
                new JournalEntry(
                        key,
                        kind,
                        effectClass,
                        Hash.of(request),
                        keptRequest,
                        keptOutcome,
                        timing.attempts(),
                        timing.start(),
                        timing.end()),
                spilled);
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

    /** How a batch gets to the store. */
    @FunctionalInterface
    interface Recorder {
        RecordResult record(List<JournalEntry> entries, List<Blob> blobs);
    }

    /**
     * Writes the effect that {@code outcome} buffers, with everything that was buffered before it, by this recorder and by
     * no other: an outcome that was not written so is forgotten (J10).
     */
    <T> T flushBy(String key, Supplier<T> outcome, Recorder recorder) throws InterruptedException {
        long seen = flushed.version();
        while (!claimed()) {
            flushed.await(seen, LONG);
            seen = flushed.version();
        }
        var batch = new Batch(new ArrayList<>(), new ArrayList<>(), 0, true);
        boolean written = false;
        try {
            T result = outcome.get();
            batch = everything();
            requireRecorded(recorder.record(batch.entries(), batch.blobs()));
            written = true;
            return result;
        } finally {
            if (!written) {
                forget(key, batch);
            }
            finish(batch, written);
        }
    }

    private boolean claimed() {
        lock.lock();
        try {
            boolean free = !flushing;
            flushing = true;
            return free;
        } finally {
            lock.unlock();
        }
    }

    private Batch everything() {
        lock.lock();
        try {
            var batch = new Batch(buffer, blobs, buffered, false);
            buffer = new ArrayList<>();
            blobs = new ArrayList<>();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void forget(String key, Batch batch) {
        lock.lock();
        try {
            known.remove(key);
            batch.entries().removeIf(e -> e.key().equals(key));
            buffer.removeIf(e -> e.key().equals(key));
        } finally {
            lock.unlock();
        }
    }

    private static void requireRecorded(RecordResult result) {
        if (result instanceof RecordResult.LeaseLost lost) {
            throw new Halt(new Halt.Reason.LeaseLost(lost.why()));
        }
    }

    private void write(Batch batch) {
        boolean written = false;
        try {
            requireRecorded(port.record(batch.entries(), batch.blobs()));
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
