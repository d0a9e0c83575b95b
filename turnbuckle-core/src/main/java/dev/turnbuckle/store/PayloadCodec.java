package dev.turnbuckle.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.zip.Deflater;
import java.util.zip.InflaterInputStream;

/**
 * How blobs look at rest: compressed, encrypted (S22). Called off the storage's writer. What was written with a codec
 * is read by its name, so a store may hold blobs of several.
 */
public interface PayloadCodec {
    /** Stored beside each blob; stable. */
    String name();

    byte[] encode(byte[] plain);

    /**
     * Under which key a blob is stored, from the SHA-256 of its plain bytes in hexadecimal digits. A codec that encrypts
     * answers a keyed hash of it (HMAC), so that nobody without the key can tell which known bytes are stored (S22).
     */
    default String address(String hash) {
        return hash;
    }

    /** @throws IOException when the bytes are not what this codec wrote */
    byte[] decode(byte[] stored) throws IOException;

    /** Bytes as they are. */
    static PayloadCodec plain() {
        return new PayloadCodec() {
            @Override
            public String name() {
                return "plain";
            }

            @Override
            public byte[] encode(byte[] plain) {
                return plain;
            }

            @Override
            public byte[] decode(byte[] stored) {
                return stored;
            }
        };
    }

    /** DEFLATE at its fastest level; the JDK's own, so nothing enters the host's class path. */
    static PayloadCodec deflate() {
        return new PayloadCodec() {
            // Making one costs more than compressing a turn record with it.
            private final Queue<Deflater> idleDeflaters = new ArrayBlockingQueue<>(8);

            @Override
            public String name() {
                return "deflate";
            }

            @Override
            public byte[] encode(byte[] plain) {
                Deflater idle = idleDeflaters.poll();
                Deflater deflater = idle == null ? new Deflater(Deflater.BEST_SPEED) : idle;
                try {
                    return deflated(deflater, plain);
                } finally {
                    deflater.reset();
                    if (!idleDeflaters.offer(deflater)) {
                        deflater.end();
                    }
                }
            }

            // Mostly one call of native code: what does not shrink grows by a few bytes.
            private static byte[] deflated(Deflater deflater, byte[] plain) {
                byte[] out = new byte[plain.length + plain.length / 1_000 + 64];
                int size = 0;
                deflater.setInput(plain);
                deflater.finish();
                while (!deflater.finished()) {
                    out = size < out.length ? out : Arrays.copyOf(out, 2 * size);
                    size += deflater.deflate(out, size, out.length - size);
                }
                return Arrays.copyOf(out, size);
            }

            @Override
            public byte[] decode(byte[] stored) throws IOException {
                return new InflaterInputStream(new ByteArrayInputStream(stored)).readAllBytes();
            }
        };
    }
}
