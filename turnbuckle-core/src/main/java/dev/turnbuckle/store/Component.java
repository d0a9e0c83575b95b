package dev.turnbuckle.store;

import org.jspecify.annotations.Nullable;

/**
 * One named part of a checkpoint (S21).
 *
 * @param version encoding version of the bytes (S23)
 * @param blob the bytes when they changed or are to be verified; {@code null} for unchanged ones
 */
public record Component(
        int version, String hash, String writer, @Nullable Blob blob) {
    public static Component changed(int version, String writer, Blob blob) {
        return new Component(version, blob.hash(), writer, blob);
    }

    public Component unchanged() {
        return new Component(version, hash, writer, null);
    }
}
