package dev.turnbuckle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class MicroTest {
    @TempDir
    Path folder;

    @Test
    @Timeout(120)
    void everyBenchmarkStartsAndIsMeasuredOnce() throws IOException, InterruptedException {
        Path results = folder.resolve("results.csv");
        int status = new Micro(folder.resolve("jmh"))
                .run(List.of(
                        "-bm",
                        "ss",
                        "-f",
                        "0",
                        "-wi",
                        "0",
                        "-i",
                        "1",
                        "-foe",
                        "true",
                        "-rf",
                        "csv",
                        "-rff",
                        results.toString(),
                        "-o",
                        folder.resolve("said.txt").toString()));
        assertThat(status).isZero();
        assertThat(Files.readAllLines(results).stream()
                        .skip(1)
                        .map(line -> line.split("\"")[1].replaceAll(".*\\.(\\w+\\.\\w+)", "$1"))
                        .distinct())
                .containsExactlyInAnyOrder(
                        "PlanBenchmark.intent",
                        "PlanBenchmark.claim",
                        "PlanBenchmark.lease",
                        "HashBenchmark.entry",
                        "HashBenchmark.link",
                        "CodecBenchmark.write",
                        "CodecBenchmark.read",
                        "CodecBenchmark.canonical",
                        "RingBenchmark.append",
                        "RingBenchmark.after",
                        "RingBenchmark.nothingNew");
    }
}
