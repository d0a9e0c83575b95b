package dev.turnbuckle.session;

import org.jspecify.annotations.Nullable;

/** One part of a message. */
public sealed interface Part {
    record Text(String text) implements Part {}

    /** What a model thought; the vendor's opaque signature is carried back unchanged. */
    record Reasoning(String text, @Nullable String signature) implements Part {}

    /** A call that the model asks for; {@code arguments} is JSON text as the model wrote it, mended to be an object. */
    record ToolCall(String id, String name, String arguments) implements Part {}

    /** The answer to a call, in words that the model reads. */
    record ToolResult(String callId, String name, String content, boolean error) implements Part {}

    /** Bytes kept beside the history, by digest. */
    record AttachmentRef(String digest, String mediaType, long size, String name) implements Part {}

    /** Something of a vendor's that only this vendor understands; carried back unchanged. */
    record Opaque(String vendor, String json) implements Part {}
}
