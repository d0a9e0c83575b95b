package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnbuckle.error.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: needs the right to mount one. */
@Tag("full")
class FullDiskTest {
    @TempDir
    private Path folder;

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void s33_everybody_is_told_the_truth_when_the_disk_is_full() throws Exception {
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder.toString()) == 0, "may not mount");
        try {
            var truth = new ArrayList<Boolean>();
            Path file = folder.resolve("agents.db");
            try (var storage = Stores.open(file)) {
                for (int round = 0; round < 40; round++) {
                    truth.addAll(writeTogether(storage, round * 5));
                }
            }
            assertThat(truth).contains(true, false);
            try (var again = Stores.open(file)) {
                for (int i = 0; i < truth.size(); i++) {
                    assertThat(again.blobs().get(Stores.blob(i, 10_000).hash()).isPresent())
                            .as("blob %s", i)
                            .isEqualTo(truth.get(i));
                }
            }
        } finally {
            run("umount", folder.toString());
        }
    }

    /** Five blobs in one group; for each, whether its writer was told that it is there. */
    private static List<Boolean> writeTogether(SqliteStorage storage, int first) throws InterruptedException {
        var told = new ArrayList<CompletableFuture<Boolean>>();
        try (var writer = new HeldWriter(storage)) {
            for (int i = first; i < first + 5; i++) {
                var blob = Stores.blob(i, 10_000);
                told.add(writer.queue(() -> {
                    try {
                        storage.blobs().put(blob);
                        return true;
                    } catch (StorageException e) {
                        assertThat(e.code()).isEqualTo("disk_full");
                        return false;
                    }
                }));
            }
        }
        return told.stream().map(CompletableFuture::join).toList();
    }
}
