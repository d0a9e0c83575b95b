package dev.turnbuckle.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.testkit.ReferenceTurn.Seam;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills the process at every seam of the reference turn (spec/journal.md, "Crash outcomes"). */
@Timeout(120)
class CrashMatrixTest {
    private static final long SEED = 1;

    /** Drives that a turn may lose before it fails (T12). */
    private static final int MOST_CRASHES = 4;

    /** One row of the table. */
    private record Expected(String goesOnWith, String onceCall) {}

    private static Map<String, Expected> table() throws IOException {
        var table = new LinkedHashMap<String, Expected>();
        try (var in = CrashMatrixTest.class.getResourceAsStream("crash-table.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            text.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).forEach(line -> {
                String[] columns = line.split("\\|");
                table.put(columns[0].strip(), new Expected(columns[1].strip(), columns[2].strip()));
            });
        }
        return table;
    }

    private static List<Seam> seams() {
        try (var world = new ReferenceTurn(SEED, seam -> false)) {
            world.run();
            List<Seam> seams = world.seams();
            world.requireIntact();
            return seams;
        }
    }

    @Test
    void everySeamHasARowAndEveryRowASeam() throws IOException {
        assertThat(seams()).extracting(Seam::toString).containsExactlyInAnyOrderElementsOf(table().keySet());
    }

    @TestFactory
    Stream<DynamicTest> aCrashAtEachSeamEndsAsTheTableSays() throws IOException {
        Map<String, Expected> table = table();
        List<Seam> seams = seams();
        return IntStream.rangeClosed(1, seams.size())
                .mapToObj(n -> DynamicTest.dynamicTest(
                        seams.get(n - 1).toString(),
                        () -> crash(
                                n, seams.get(n - 1), table.get(seams.get(n - 1).toString()))));
    }

    private static void crash(int n, Seam seam, Expected expected) {
        try (var world = new ReferenceTurn(SEED, passed -> passed == n)) {
            world.run();
            assertThat(world.crashed()).isTrue();
            assertThat(world.seams().getLast()).isEqualTo(seam);
            Expected actual = new Expected(world.resumedAt(), world.unknown() ? "unknown" : "known");
            world.requireIntact();
            assertThat(actual).isEqualTo(expected);
        }
    }

    static IntStream seeds() {
        return IntStream.rangeClosed(1, 60);
    }

    /** Up to four crashes anywhere, also while another process recovers, in another order of events each time. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whereverAndHoweverOftenItCrashesNothingIsLostOrDoneTwice(int seed) {
        var random = new SplittableRandom(seed);
        int[] left = {MOST_CRASHES};
        try (var world = new ReferenceTurn(seed, n -> left[0] > 0 && random.nextInt(12) == 0 && left[0]-- > 0)) {
            world.run();
            left[0] = 0;
            world.requireIntact();
        }
    }
}
