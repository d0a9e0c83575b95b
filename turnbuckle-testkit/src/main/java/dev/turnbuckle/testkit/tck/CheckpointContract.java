package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.PayloadCodec;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.Turns.Started;
import dev.turnbuckle.store.plan.RowGroups.OfBlobs.StoredBlob;
import dev.turnbuckle.store.plan.RowStorage;
import dev.turnbuckle.store.plan.RowStorage.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** S21 to S24: state components, blobs, encodings, the schema. */
public abstract class CheckpointContract extends StorageContract {
    private static final String HASH_OF_HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    private int turns;

    private Started next() {
        turns++;
        return acceptAndStart("s", "t-" + turns, "Hello");
    }

    private void checkpoint(Map<String, Component> components) {
        committed(CommitDraft.of(next()).components(components));
    }

    private static Component changed(String text) {
        return Component.changed(1, "writer", Blob.of(text));
    }

    private Map<String, String> state() {
        var texts = new TreeMap<String, String>();
        storage.sessions()
                .components("s")
                .forEach((name, c) -> texts.put(
                        name, storage.blobs().get(c.hash()).orElseThrow().text()));
        return texts;
    }

    // ---- S21

    @Test
    void s21_aCheckpointIsTheCompleteMapOfComponents() {
        assertThat(storage.sessions().components("s")).isEmpty();
        checkpoint(Map.of("a", changed("1"), "b", changed("2")));
        assertThat(state()).isEqualTo(Map.of("a", "1", "b", "2"));
        reopen();
        assertThat(state()).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void s21_aMissingNameMeansDeleted() {
        checkpoint(Map.of("a", changed("1"), "b", changed("2")));
        checkpoint(Map.of("b", changed("3")));
        assertThat(state()).isEqualTo(Map.of("b", "3"));
        checkpoint(Map.of());
        assertThat(state()).isEmpty();
    }

    @Test
    void s21_anUnchangedComponentIsNamedByItsHash() {
        checkpoint(Map.of("a", changed("1"), "b", changed("2")));
        Component a = Objects.requireNonNull(storage.sessions().components("s").get("a"));
        assertThat(a.blob()).isNull();
        checkpoint(Map.of("a", a, "b", changed("3")));
        assertThat(state()).isEqualTo(Map.of("a", "1", "b", "3"));
    }

    @Test
    void s21_aCommitWithoutAMapLeavesTheCheckpointAsItIs() {
        checkpoint(Map.of("a", changed("1")));
        String before = storage.sessions().find("s").orElseThrow().head().checkpoint();
        turn("s", "t-x", "Hello", "Hi");
        assertThat(storage.sessions().find("s").orElseThrow().head().checkpoint())
                .isEqualTo(before);
        assertThat(state()).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void s21_aLoadedComponentIsVerifiedAgainstItsHash() {
        Started started = next();
        Component lying = new Component(1, Blob.of("one thing").hash(), "writer", Blob.of("another thing"));
        changingNothing(() -> assertThatThrownBy(
                        () -> commit(CommitDraft.of(started).components(Map.of("a", lying))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("\"a\""));
    }

    @Test
    void s21_everyTurnKeepsItsCheckpoint() {
        checkpoint(Map.of("a", changed("1")));
        checkpoint(Map.of("a", changed("2")));
        TurnRow first = storage.turns().find("s", new TurnId("t-1")).orElseThrow();
        String checkpoint = Objects.requireNonNull(first.ending()).checkpoint();
        assertThat(storage.blobs().get(String.valueOf(checkpoint))).isPresent();
        assertThat(storage.blobs().get(Blob.of("1").hash())).isPresent();
    }

    // ---- S22

    @Test
    void s22_bytesAreAddressedByTheirSha256() {
        storage.blobs().put(Blob.of("hello"));
        Blob back = storage.blobs().get(HASH_OF_HELLO).orElseThrow();
        assertThat(back.text()).isEqualTo("hello");
        assertThat(storage.blobs().get("0".repeat(64))).isEmpty();
    }

    @Test
    void s22_bytesOfEverySizeComeBack() {
        for (int size : new int[] {0, 1, 255, 256, 257, 8_191, 8_192, 8_193, 100_000}) {
            for (boolean compressible : new boolean[] {true, false}) {
                Blob blob = Blob.of(bytes(size, compressible));
                storage.blobs().put(blob);
                assertThat(storage.blobs().get(blob.hash()).orElseThrow().bytes())
                        .as("%d bytes", size)
                        .isEqualTo(blob.bytes());
            }
        }
    }

    private static byte[] bytes(int size, boolean compressible) {
        var bytes = new byte[size];
        if (!compressible) {
            new java.util.Random(7).nextBytes(bytes);
        }
        return bytes;
    }

    @Test
    void s22_identicalBytesAreStoredOnce() {
        storage.blobs().put(Blob.of("hello"));
        changingNothing(() -> {
            storage.blobs().put(Blob.of("hello"));
            return true;
        });
    }

    @Test
    void s22_aHashThatDoesNotResolveIsRefusedNamingTheComponent() {
        Started started = next();
        Component nowhere = new Component(1, HASH_OF_HELLO, "writer", null);
        changingNothing(() -> assertThatThrownBy(
                        () -> commit(CommitDraft.of(started).components(Map.of("notes", nowhere, "a", changed("1")))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("\"notes\"", HASH_OF_HELLO));
        storage.blobs().put(Blob.of("hello"));
        committed(CommitDraft.of(started).components(Map.of("notes", nowhere)));
        assertThat(state()).isEqualTo(Map.of("notes", "hello"));
    }

    @Test
    void s22_damagedBytesAreATypedErrorThatNamesThem() {
        assumeTrue(fixture.transactions().isPresent(), "this backend has no rows to damage");
        storage.blobs().put(Blob.of("hello"));
        storage.blobs().put(Blob.of("intact"));
        var rows = new FaultyRows(fixture.transactions().orElseThrow());
        rows.intercept(call -> {
            Object result = call.proceed();
            return result instanceof StoredBlob b && b.hash().equals(HASH_OF_HELLO)
                    ? new StoredBlob(b.hash(), b.codec(), b.size(), "hellO".getBytes(StandardCharsets.UTF_8))
                    : result;
        });
        try (var damaged = new RowStorage(rows, Limits.DEFAULT)) {
            damaged.open(clock);
            assertThatThrownBy(() -> damaged.blobs().get(HASH_OF_HELLO))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.code()).isEqualTo("damaged_blob"))
                    .hasMessageContaining(HASH_OF_HELLO);
            assertThat(damaged.blobs().get(Blob.of("intact").hash())).isPresent();
        }
    }

    @Test
    void s22_aHostsCodecSeesEveryBlobAndItsNameIsNeededToReadThem() {
        assumeTrue(fixture.transactions().isPresent(), "this backend has no rows to look at");
        var plain = fixture.transactions().orElseThrow();
        try (var secret = new RowStorage(plain, Limits.DEFAULT.codec(new Flipped()))) {
            secret.open(clock);
            secret.blobs().put(Blob.of("hello"));
            assertThat(secret.blobs().get(HASH_OF_HELLO).orElseThrow().text()).isEqualTo("hello");
            StoredBlob stored =
                    Objects.requireNonNull(plain.<@Nullable StoredBlob>read(rows -> rows.blob(HASH_OF_HELLO)));
            assertThat(stored.codec()).isEqualTo("flipped");
            assertThat(stored.bytes()).isNotEqualTo("hello".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> storage.blobs().get(HASH_OF_HELLO))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("\"flipped\"");
        }
    }

    @Test
    void s22_aCodecThatEncryptsStoresUnderAKeyedHash() {
        assumeTrue(fixture.transactions().isPresent(), "this backend has no rows to look at");
        var plain = fixture.transactions().orElseThrow();
        storage.blobs().put(Blob.of("before"));
        try (var secret = new RowStorage(plain, Limits.DEFAULT.codec(new Keyed()))) {
            secret.open(clock);
            secret.blobs().put(Blob.of("hello"));
            Started started = acceptAndStart("s", "t-1", "Hello");
            var components = Map.of(
                    "a", new Component(1, HASH_OF_HELLO, "w", null),
                    "b", new Component(1, Blob.of("before").hash(), "w", null));
            var result = secret.sessions()
                    .commit(CommitDraft.of(started).components(components).commit());
            assertThat(result).isInstanceOf(CommitResult.Committed.class);
            assertThat(secret.blobs().get(HASH_OF_HELLO).orElseThrow().text()).isEqualTo("hello");
            assertThat(secret.blobs()
                            .get(Blob.of("before").hash())
                            .orElseThrow()
                            .text())
                    .isEqualTo("before");
            boolean byItsOwnHash = plain.read(rows -> rows.hasBlob(HASH_OF_HELLO));
            boolean byItsKeyedHash = plain.read(rows -> rows.hasBlob("keyed-" + HASH_OF_HELLO));
            assertThat(byItsOwnHash).isFalse();
            assertThat(byItsKeyedHash).isTrue();
        }
    }

    private static final class Keyed extends Flipped {
        @Override
        public String name() {
            return "keyed";
        }

        @Override
        public String address(String hash) {
            return "keyed-" + hash;
        }
    }

    /** As good as encryption for a test. */
    private static class Flipped implements PayloadCodec {
        @Override
        public String name() {
            return "flipped";
        }

        @Override
        public byte[] encode(byte[] plain) {
            var flipped = plain.clone();
            for (int i = 0; i < flipped.length; i++) {
                flipped[i] ^= 0x55;
            }
            return flipped;
        }

        @Override
        public byte[] decode(byte[] stored) {
            return encode(stored);
        }
    }

    // ---- S23

    @Test
    void s23_eachComponentCarriesItsEncodingVersionAndItsWriter() {
        checkpoint(Map.of("a", Component.changed(3, "turnbuckle 9.1", Blob.of("1"))));
        reopen();
        assertThat(storage.sessions().components("s"))
                .isEqualTo(Map.of("a", new Component(3, Blob.of("1").hash(), "turnbuckle 9.1", null)));
    }

    // ---- S24

    @Test
    void s24_aNewerSchemaStopsTheProgramUnread() {
        turn("s", "t-1", "Hello", "Hi");
        storage.close();
        assumeTrue(fixture.pretendNewerSchema(), "this backend has no schema");
        changingNothing(() -> assertThatThrownBy(() -> opened(Limits.DEFAULT))
                .isInstanceOfSatisfying(
                        TurnbuckleException.class,
                        e -> assertThat(e.remedy()).isEqualTo(TurnbuckleException.Remedy.REWIRE))
                .hasMessageContaining("newer"));
    }
}
