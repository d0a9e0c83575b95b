package dev.turnbuckle.memory;

import java.util.Collection;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An ordered map whose changes can be undone: each change pushes its inverse on the transaction's undo log. */
final class Table<K, V> {
    private final NavigableMap<K, V> rows;
    private final Deque<Runnable> undo;

    Table(NavigableMap<K, V> rows, Deque<Runnable> undo) {
        this.rows = rows;
        this.undo = undo;
    }

    static <K extends Comparable<K>, V> Table<K, V> ordered(Deque<Runnable> undo) {
        return new Table<>(new TreeMap<>(), undo);
    }

    @Nullable V get(K key) {
        return rows.get(key);
    }

    void put(K key, V value) {
        V before = rows.put(key, value);
        undo.push(() -> restore(key, before));
    }

    /** @return false when the key is there already */
    boolean insert(K key, V value) {
        if (rows.containsKey(key)) {
            return false;
        }
        put(key, value);
        return true;
    }

    void remove(K key) {
        V before = rows.remove(key);
        if (before != null) {
            undo.push(() -> restore(key, before));
        }
    }

    private void restore(K key, @Nullable V before) {
        if (before == null) {
            rows.remove(key);
        } else {
            rows.put(key, before);
        }
    }

    Collection<V> values() {
        return rows.values();
    }

    Set<K> keys() {
        return rows.keySet();
    }

    NavigableMap<K, V> range(K from, K to) {
        return rows.subMap(from, true, to, true);
    }

    NavigableMap<K, V> from(K from) {
        return rows.tailMap(from, true);
    }
}
