package dev.turnbuckle.internal.worker;

import dev.turnbuckle.store.Blob;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Blobs that this node knows to be stored, newest last, so that an unchanged prompt is not sent with every turn. */
final class KnownBlobs {
    static final int MAX = 1_024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> hashes = new LinkedHashSet<>();

    List<Blob> unknown(List<Blob> blobs) {
        lock.lock();
        try {
            return blobs.stream().filter(b -> !hashes.contains(b.hash())).toList();
        } finally {
            lock.unlock();
        }
    }

    void stored(List<Blob> blobs) {
        lock.lock();
        try {
            for (Blob blob : blobs) {
                hashes.add(blob.hash());
                if (hashes.size() > MAX) {
                    hashes.remove(hashes.iterator().next());
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
