package dev.turnbuckle.checks.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes on one database, killed with SIGKILL at each seam of the reference turn; the next process finishes. The
 * table of what must come of it is the same for every database. What is there afterwards is read with plain SQL, not
 * through the library.
 */
abstract class CrashMatrix {
    private static final int KILLED = 128 + 9;

    @TempDir
    Path folder;

    /** As {@link CrashChild} opens the database of one case, which nobody else uses. */
    abstract String database(String name) throws Exception;

    /** The same, for plain SQL. */
    abstract Connection connect(String name) throws Exception;

    /** How this database reads a column of JSON text. */
    abstract String json(String column);

    @Test
    void killedBeforeTheRecordOfACallItStaysUnknownAndBeforeTheCommitNothingRunsAgain() throws Exception {
        kill("before Journal.record#3");
        kill("before SessionStore.commit#1");
        finish("before Journal.record#3", "unknown");
        finish("before SessionStore.commit#1", "ran");
    }

    @Test
    @Tag("full")
    void everySeamThatTheReferenceTurnPassesHasARowAndEveryRowASeam() throws Exception {
        List<String> lines = new ArrayList<>();
        Process child = start("seams", "-");
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

    /** All are killed before the first is gone on with: where a lease must expire first, they wait for it together. */
    @TestFactory
    @Tag("full")
    Stream<DynamicContainer> everyRowOfTheTable() throws Exception {
        Map<String, String> table = table();
        return Stream.of(
                dynamicContainer(
                        "killed", table.keySet().stream().map(seam -> dynamicTest("killed " + seam, () -> kill(seam)))),
                dynamicContainer(
                        "gone on with",
                        table.entrySet().stream()
                                .map(row -> dynamicTest(
                                        "gone on after a kill " + row.getKey(),
                                        () -> finish(row.getKey(), row.getValue())))));
    }

    private static Map<String, String> table() throws IOException {
        var rows = new LinkedHashMap<String, String>();
        try (var in = CrashMatrix.class.getResourceAsStream("/crash-matrix.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.isBlank() && !l.startsWith("#"))
                    .map(l -> l.split("\\s{2,}"))
                    .forEach(columns -> rows.put(columns[0], columns[1]));
        }
        return rows;
    }

    private static String name(String seam) {
        return seam.replaceAll("\\W+", "_");
    }

    private void kill(String seam) throws Exception {
        Process child = start(name(seam), seam);
        try (var out = child.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            while (line != null && !line.equals(Seam.STOPPED + seam)) {
                assertThat(line).as("the turn ended before the seam").isNotEqualTo(CrashChild.FINISHED);
                line = out.readLine();
            }
            assertThat(line).as("the process ended before the seam").isNotNull();
            child.destroyForcibly();
        }
        assertThat(child.waitFor()).isEqualTo(KILLED);
    }

    private void finish(String seam, String charge) throws Exception {
        Process child = start(name(seam), "-");
        try (var out = child.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.lines().toList()).endsWith(CrashChild.FINISHED);
        }
        assertThat(child.waitFor()).isZero();
        check(name(seam), charge);
    }

    private Process start(String name, String seam) throws Exception {
        Path at = Files.createDirectories(folder.resolve(name));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashChild.class.getName(),
                        database(name),
                        at.resolve("ledger.txt").toString(),
                        seam)
                .redirectError(at.resolve("stderr.txt").toFile())
                .start();
    }

    /** The same end after every crash; only what is known of the {@code ONCE} call differs. */
    private void check(String name, String charge) throws Exception {
        Path ledger = folder.resolve(name).resolve("ledger.txt");
        List<String> charged = Files.exists(ledger) ? Files.readAllLines(ledger) : List.of();
        assertThat(charged.size()).as("starts of the ONCE tool").isLessThanOrEqualTo(1);
        try (Connection db = connect(name);
                Statement sql = db.createStatement()) {
            checkThatAllIsDone(sql);
            checkHistory(sql);
            List<String> result = column(
                    sql,
                    "SELECT m.message -> 'parts' -> 1 ->> 'content' FROM (SELECT " + json("message")
                            + " AS message FROM entry) AS m WHERE (m.message ->> 'role') = 'TOOL'");
            if (charge.equals("ran")) {
                assertThat(result).containsExactly("charged");
                assertThat(charged).containsExactly("charged A-17");
            } else {
                assertThat(result).hasSize(1).first().asString().startsWith("The outcome is unknown");
            }
        }
    }

    private static void checkThatAllIsDone(Statement sql) throws SQLException {
        assertThat(column(sql, "SELECT revision FROM session WHERE id = 'reference'"))
                .containsExactly("2");
        assertThat(column(sql, "SELECT state FROM inbox")).containsExactly("APPLIED", "APPLIED", "APPLIED");
        assertThat(column(sql, "SELECT state FROM turn")).containsExactly("ENDED", "ENDED");
        assertThat(column(sql, "SELECT effect FROM journal")).isEmpty();
        assertThat(column(sql, "SELECT id FROM lease WHERE expires > 0")).isEmpty();
    }

    private void checkHistory(Statement sql) throws SQLException {
        assertThat(column(
                        sql,
                        "SELECT (m.message ->> 'role') || ' ' || coalesce(m.message -> 'parts' -> 0 ->> 'text', '') "
                                + "FROM (SELECT id, " + json("message") + " AS message FROM entry) AS m ORDER BY m.id"))
                .containsExactly(
                        "USER Charge order A-17.",
                        "ASSISTANT ",
                        "TOOL ",
                        "USER Only once.",
                        "ASSISTANT Charged.",
                        "RUNTIME wake up",
                        "ASSISTANT Awake.");
    }

    private static List<String> column(Statement sql, String query) throws SQLException {
        var found = new ArrayList<String>();
        try (var result = sql.executeQuery(query)) {
            while (result.next()) {
                found.add(result.getString(1));
            }
        }
        return found;
    }
}
