package dev.turnbuckle.store.plan;

import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Blobs;
import dev.turnbuckle.store.PayloadCodec;
import dev.turnbuckle.store.plan.RowGroups.OfBlobs.StoredBlob;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Blobs at rest: encoded before the transaction, verified when read (S22). */
final class RowBlobs implements Blobs {
    /** Below this a blob fits a page of the database as it is, and compressing costs more time than it saves room. */
    private static final int WORTH_ENCODING = 4_096;

    /** How much of a large blob is tried to see whether compressing pays. */
    private static final int SAMPLE = 4_096;

    private final Transactions transactions;
    private final PayloadCodec codec;
    private final Map<String, PayloadCodec> byName;

    RowBlobs(Transactions transactions, PayloadCodec codec) {
        this.transactions = transactions;
        this.codec = codec;
        this.byName = Stream.of(PayloadCodec.deflate(), PayloadCodec.plain(), codec)
                .collect(Collectors.toMap(PayloadCodec::name, Function.identity(), (a, b) -> b));
    }

    @Override
    public void put(Blob blob) {
        StoredBlob stored = encoded(blob);
        transactions.write(rows -> {
            rows.putBlob(stored);
            return true;
        });
    }

    @Override
    public Optional<Blob> get(String hash) {
        return Optional.ofNullable(transactions.<@Nullable StoredBlob>read(rows -> find(rows, hash)))
                .map(stored -> verified(stored, hash));
    }

    /** Under which a blob may be stored. */
    Stream<String> addresses(String hash) {
        return Stream.of(codec.address(hash), hash).distinct();
    }

    /** By this codec's address; by the plain hash what was written before there was such a codec. */
    private @Nullable StoredBlob find(Rows rows, String hash) {
        String address = codec.address(hash);
        StoredBlob stored = rows.blob(address);
        return stored != null || address.equals(hash) ? stored : rows.blob(hash);
    }

    boolean has(Rows rows, String hash) {
        String address = codec.address(hash);
        return rows.hasBlob(address) || (!address.equals(hash) && rows.hasBlob(hash));
    }

    List<StoredBlob> encoded(List<Blob> blobs) {
        return blobs.stream().map(this::encoded).toList();
    }

    private StoredBlob encoded(Blob blob) {
        byte[] plain = blob.bytes();
        boolean own = !byNameIsBuiltIn(codec);
        if (own || pays(plain)) {
            byte[] bytes = codec.encode(plain);
            if (own || bytes.length < plain.length) {
                return new StoredBlob(codec.address(blob.hash()), codec.name(), plain.length, bytes);
            }
        }
        return new StoredBlob(codec.address(blob.hash()), "plain", plain.length, plain);
    }

    /** A host's codec (encryption) is never skipped. */
    private static boolean byNameIsBuiltIn(PayloadCodec codec) {
        return codec.name().equals("deflate") || codec.name().equals("plain");
    }

    private boolean pays(byte[] plain) {
        if (plain.length < WORTH_ENCODING) {
            return false;
        }
        if (plain.length <= 2 * SAMPLE) {
            return true;
        }
        byte[] sample = java.util.Arrays.copyOfRange(plain, plain.length / 2, plain.length / 2 + SAMPLE);
        return codec.encode(sample).length < SAMPLE * 9 / 10;
    }

    private Blob verified(StoredBlob stored, String hash) {
        byte[] plain = decoded(stored);
        if (plain == null || !Hash.of(plain).equals(hash)) {
            throw StorageException.rewire(
                    "damaged_blob",
                    "blob " + hash
                            + " is damaged: its stored bytes no longer have this hash; restore it from a "
                            + "backup. Turns that need it fail, others are not affected",
                    null);
        }
        return new Blob(hash, plain);
    }

    private byte @Nullable [] decoded(StoredBlob stored) {
        PayloadCodec writer = byName.get(stored.codec());
        if (writer == null) {
            throw StorageException.rewire(
                    "unknown_codec",
                    "blob " + stored.hash() + " was written with the payload codec \"" + stored.codec()
                            + "\", which this program does not have; configure the storage with it",
                    null);
        }
        try {
            return writer.decode(stored.bytes());
        } catch (IOException damaged) {
            return null;
        }
    }
}
