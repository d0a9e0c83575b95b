package dev.turnbuckle.session;

import org.jspecify.annotations.Nullable;

/**
 * Tokens by bucket (S32). Absent is not zero: {@code null} means that nobody counted.
 *
 * @param input uncached input tokens
 * @param reasoning part of {@code output}
 */
public record Usage(
        @Nullable Long input,
        @Nullable Long cacheRead,
        @Nullable Long cacheWrite,
        @Nullable Long output,
        @Nullable Long reasoning) {
    public static final Usage NONE = new Usage(null, null, null, null, null);

    public static Usage of(long input, long output) {
        return new Usage(input, null, null, output, null);
    }

    public Usage plus(Usage other) {
        return new Usage(
                add(input, other.input),
                add(cacheRead, other.cacheRead),
                add(cacheWrite, other.cacheWrite),
                add(output, other.output),
                add(reasoning, other.reasoning));
    }

    /** Everything that counts against a token budget; what nobody counted is zero here. */
    public long total() {
        return known(input) + known(cacheRead) + known(cacheWrite) + known(output);
    }

    private static @Nullable Long add(@Nullable Long a, @Nullable Long b) {
        return a == null ? b : b == null ? a : Long.valueOf(Math.addExact(a, b));
    }

    private static long known(@Nullable Long n) {
        return n == null ? 0 : n;
    }
}
