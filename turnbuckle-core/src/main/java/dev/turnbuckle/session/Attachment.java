package dev.turnbuckle.session;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.internal.codec.Hash;

/**
 * Bytes on their way in, with what history keeps of them: their digest, what they are, and their name. {@link #of}
 * copies them; what {@link #bytes} gives is not to be changed.
 */
@SuppressWarnings("ArrayRecordComponent") // identity is the digest
public record Attachment(Part.AttachmentRef ref, byte[] bytes) {
    /** Bound of one attachment. */
    public static final int MAX_BYTES = 32 << 20;

    public static final int MAX_NAME_CHARS = 255;

    /**
     * @param mediaType as in {@code image/png}
     * @throws InvalidInputException when it is too large, or has no name or no media type
     */
    public static Attachment of(String name, String mediaType, byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new InvalidInputException("an attachment is limited to " + MAX_BYTES + " bytes, \"" + name + "\" has "
                    + bytes.length + "; keep it elsewhere and send its address");
        }
        if (name.isBlank() || name.length() > MAX_NAME_CHARS) {
            throw new InvalidInputException("an attachment's name has 1 to " + MAX_NAME_CHARS + " characters: \""
                    + name.substring(0, Math.min(name.length(), MAX_NAME_CHARS)) + "\"");
        }
        if (!mediaType.matches("[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}(;.{0,255})?")) {
            throw new InvalidInputException(
                    "a media type looks like \"image/png\", this does not: \"" + mediaType + "\"");
        }
        byte[] kept = bytes.clone(); // stored later, under this hash, whatever becomes of the caller's array
        return new Attachment(new Part.AttachmentRef(Hash.of(kept), mediaType, kept.length, name), kept);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Attachment a && a.ref.equals(ref);
    }

    @Override
    public int hashCode() {
        return ref.hashCode();
    }

    @Override
    public String toString() {
        return ref.toString();
    }
}
