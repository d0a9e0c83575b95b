package dev.turnbuckle.checks.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes on one SQLite file, killed with SIGKILL at each seam of the reference turn; the next process finishes.
 * What is there afterwards is read with plain SQL, not through the library.
 */
class CrashMatrixTest {
    private static final int KILLED = 128 + 9;

    @TempDir
    Path folder;

    @Test
    void killedBetweenAnEffectAndItsRecordTheOnceCallStaysUnknown() throws Exception {
        killAndFinish("before Journal.record#3", "unknown");
    }

    @Test
    void killedBeforeTheCommitNothingRunsAgain() throws Exception {
        killAndFinish("before SessionStore.commit#1", "ran");
    }

    @Test
    @Tag("full")
    void everySeamThatTheReferenceTurnPassesHasARowAndEveryRowASeam() throws Exception {
        List<String> lines = new ArrayList<>();
        Process child = start(folder.resolve("seams"), "-");
        try (var out = child.inputReader(StandardCharsets.UTF_8)) {
            out.lines().forEach(lines::add);
        }
        assertThat(child.waitFor()).isZero();
        List<String> passed = lines.stream()
                .filter(l -> l.startsWith(Seam.PASSED))
                .map(l -> l.substring(Seam.PASSED.length()))
                .toList();
        assertThat(table().keySet()).containsExactlyInAnyOrderElementsOf(passed);
    }

    @TestFactory
    @Tag("full")
    Stream<DynamicTest> everyRowOfTheTable() throws Exception {
        return table().entrySet().stream()
                .map(row -> dynamicTest(row.getKey(), () -> killAndFinish(row.getKey(), row.getValue())));
    }

    private static Map<String, String> table() throws IOException {
        var rows = new LinkedHashMap<String, String>();
        try (var in = CrashMatrixTest.class.getResourceAsStream("/crash-matrix.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.isBlank() && !l.startsWith("#"))
                    .map(l -> l.split("\\s{2,}"))
                    .forEach(columns -> rows.put(columns[0], columns[1]));
        }
        return rows;
    }

    private void killAndFinish(String seam, String charge) throws Exception {
        Path at = folder.resolve(seam.replaceAll("\\W+", "-"));
        Process first = start(at, seam);
        try (var out = first.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            while (line != null && !line.equals(Seam.STOPPED + seam)) {
                assertThat(line).as("the turn ended before the seam").isNotEqualTo(CrashChild.FINISHED);
                line = out.readLine();
            }
            assertThat(line).as("the process ended before the seam").isNotNull();
            first.destroyForcibly();
        }
        assertThat(first.waitFor()).isEqualTo(KILLED);
        Process second = start(at, "-");
        try (var out = second.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.lines().toList()).endsWith(CrashChild.FINISHED);
        }
        assertThat(second.waitFor()).isZero();
        check(at, charge);
    }

    private static Process start(Path at, String seam) throws IOException {
        Files.createDirectories(at);
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashChild.class.getName(),
                        at.resolve("agents.db").toString(),
                        at.resolve("ledger.txt").toString(),
                        seam)
                .redirectError(at.resolve("stderr.txt").toFile())
                .start();
    }

    /** The same end after every crash; only what is known of the {@code ONCE} call differs. */
    private static void check(Path at, String charge) throws IOException, SQLException {
        Path ledger = at.resolve("ledger.txt");
        List<String> charged = Files.exists(ledger) ? Files.readAllLines(ledger) : List.of();
        assertThat(charged.size()).as("starts of the ONCE tool").isLessThanOrEqualTo(1);
        try (var db = DriverManager.getConnection("jdbc:sqlite:" + at.resolve("agents.db"));
                var sql = db.createStatement()) {
            var rows = new Object() {
                List<String> of(String query) throws SQLException {
                    var found = new ArrayList<String>();
                    try (var result = sql.executeQuery(query)) {
                        while (result.next()) {
                            found.add(result.getString(1));
                        }
                    }
                    return found;
                }
            };
            assertThat(rows.of("SELECT revision FROM session WHERE id = 'reference'"))
                    .containsExactly("2");
            assertThat(rows.of("SELECT state FROM inbox")).containsExactly("APPLIED", "APPLIED", "APPLIED");
            assertThat(rows.of("SELECT state FROM turn")).containsExactly("ENDED", "ENDED");
            assertThat(rows.of("SELECT effect FROM journal")).isEmpty();
            assertThat(rows.of("SELECT id FROM lease WHERE expires > 0")).isEmpty();
            assertThat(rows.of("SELECT json_extract(message, '$.role') || ' ' || "
                            + "coalesce(json_extract(message, '$.parts[0].text'), '') FROM entry ORDER BY id"))
                    .containsExactly(
                            "USER Charge order A-17.",
                            "ASSISTANT ",
                            "TOOL ",
                            "USER Only once.",
                            "ASSISTANT Charged.",
                            "RUNTIME wake up",
                            "ASSISTANT Awake.");
            List<String> result = rows.of(
                    "SELECT json_extract(message, '$.parts[1].content') FROM entry WHERE json_extract(message, '$.role') = 'TOOL'");
            if (charge.equals("ran")) {
                assertThat(result).containsExactly("charged");
                assertThat(charged).containsExactly("charged A-17");
            } else {
                assertThat(result).hasSize(1).first().asString().startsWith("The outcome is unknown");
            }
        }
    }
}
