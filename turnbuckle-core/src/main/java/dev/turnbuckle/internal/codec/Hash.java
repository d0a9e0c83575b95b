package dev.turnbuckle.internal.codec;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as 64 lower-case hex digits. */
public final class Hash {
    /** The chain before the first entry. */
    public static final String NONE = "0".repeat(64);

    /** Copied for each use, which is cheaper than asking the security providers for one. */
    private static final MessageDigest FRESH = made();

    private static final HexFormat HEX = HexFormat.of();

    private Hash() {}

    public static String of(byte[] bytes) {
        return HEX.formatHex(digest().digest(bytes));
    }

    public static String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Parts with a separator that cannot occur in them, so that moving text between parts changes the hash. */
    public static String of(String first, String... rest) {
        MessageDigest digest = digest();
        digest.update(first.getBytes(StandardCharsets.UTF_8));
        for (String part : rest) {
            digest.update((byte) 0);
            digest.update(part.getBytes(StandardCharsets.UTF_8));
        }
        return HEX.formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return (MessageDigest) FRESH.clone();
        } catch (CloneNotSupportedException e) { // a provider that the host has put first
            return made();
        }
    }

    private static MessageDigest made() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
