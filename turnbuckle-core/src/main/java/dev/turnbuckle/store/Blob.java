package dev.turnbuckle.store;

import dev.turnbuckle.internal.codec.Hash;
import java.nio.charset.StandardCharsets;

/** Bytes with their SHA-256 (S22). The array is not copied; do not change it. */
@SuppressWarnings("ArrayRecordComponent") // identity is the hash
public record Blob(String hash, byte[] bytes) {
    public static Blob of(byte[] bytes) {
        return new Blob(Hash.of(bytes), bytes);
    }

    public static Blob of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Blob b && b.hash.equals(hash);
    }

    @Override
    public int hashCode() {
        return hash.hashCode();
    }

    @Override
    public String toString() {
        return "Blob[" + hash + ", " + bytes.length + " bytes]";
    }
}
