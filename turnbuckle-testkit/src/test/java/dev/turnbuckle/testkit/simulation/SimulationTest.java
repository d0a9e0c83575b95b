package dev.turnbuckle.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything under many seeds (law 9). {@code -Dsimulation.seed=42} runs that seed alone and keeps its trace;
 * {@code -Dsimulation.seeds=1-500} runs these.
 */
@Timeout(1_800)
class SimulationTest {
    private static final long SEEDS = 300;
    private static final long ALL_SEEDS = 20_000;

    private static final String ONE = System.getProperty("simulation.seed");
    private static final String SOME = System.getProperty("simulation.seeds");

    private static Runs runs;

    @BeforeAll
    static void run() throws InterruptedException, IOException {
        long from = ONE != null ? Long.parseLong(ONE) : SOME != null ? Long.parseLong(SOME.split("-")[0]) : 1;
        long to = ONE != null ? from : SOME != null ? Long.parseLong(SOME.split("-")[1]) : SEEDS;
        runs = new Runs(Simulation.inMemory(), from, to).run();
        runs.report("report.txt");
    }

    @Test
    void noSeedBreaksARule() {
        assertThat(runs.broken()).isEmpty();
    }

    @Test
    void everyInterestingCaseIsReached() {
        assumeTrue(ONE == null && SOME == null, "some seeds do not reach everything");
        assertThat(runs.reached()).containsKeys(cases().toArray(String[]::new));
    }

    /** What 200 seeds come to: every kind of fault at every place, and every ending of every race. */
    private static Stream<String> cases() {
        return Stream.of(Faults.counters(), RACES.stream()).flatMap(c -> c);
    }

    private static final List<String> RACES = List.of(
            "IDEMPOTENT body ran again",
            "READ body ran again",
            "call not approved",
            "call timed out",
            "cancel won the race",
            "cancel: ALREADY_REQUESTED",
            "cancel: COMPLETION_WON",
            "cancel: REQUESTED",
            "commit put off by a steer",
            "commit refused: cancelled before",
            "commit refused: the turn was committed by another driver",
            "commit repeated",
            "gap: TRIMMED",
            "gap: UNAVAILABLE",
            "input applied",
            "input cancel lost to a claim",
            "input cancelled before a turn took it",
            "input dead",
            "journal recalled",
            "key conflict",
            "lease lost: Journal.record of a superseded driver",
            "lease lost: Journal.record of an expired driver",
            "lease lost: Leases.renew of a superseded driver",
            "lease lost: Leases.renew of an expired driver",
            "lease lost: SessionStore.commit of a superseded driver",
            "lease lost: Turns.abandon of a superseded driver",
            "lease lost: Turns.suspend of a superseded driver",
            "not suspended: ready again",
            "partial answer kept",
            "record repeated: tool",
            "request repeated",
            "retraction",
            "second answer to a wait",
            "steer joined",
            "steer joined again in the next drive",
            "steer too late to join",
            "suspended",
            "suspended in one life, continued in another",
            "takeover after expiry",
            "takeover from a dead node",
            "the same input sent again",
            "turn driven again",
            "turn ended: answered",
            "turn ended: attempts_exhausted",
            "turn ended: cancelled",
            "turn ended: unknown_outcome",
            "turn folded whole from its events",
            "unknown outcome decided by a person",
            "unknown outcome: ASK_HUMAN",
            "unknown outcome: FAIL_TURN",
            "unknown outcome: TELL_MODEL",
            "wait APPROVED",
            "wait CANCELLED",
            "wait DONE",
            "wait EXPIRED",
            "wait NOT_DONE",
            "wait REJECTED",
            "wait RUN_AGAIN",
            "wait SUPERSEDED");

    /** What only many seeds come to. */
    private static final List<String> RARE = List.of(
            "lease lost: Inbox.claimSteers of a superseded driver",
            "lease lost: Inbox.claimSteers of an expired driver",
            "lease lost: SessionStore.commit of an expired driver",
            "lease lost: Turns.abandon of an expired driver",
            "lease lost: Turns.suspend of an expired driver",
            "record repeated: model",
            "steer cancelled with the turn that held it",
            "steer given back by a turn that ended before it");

    @Test
    @Tag("full")
    void noneOfManySeedsBreaksARule() throws InterruptedException, IOException {
        assumeTrue(ONE == null && SOME == null, "some seeds were asked for");
        var many = new Runs(Simulation.inMemory(), SEEDS + 1, ALL_SEEDS).run();
        many.report("report-full.txt");
        assertThat(many.broken()).isEmpty();
        assertThat(many.reached())
                .containsKeys(Stream.concat(cases(), RARE.stream()).toArray(String[]::new));
    }

    static Stream<String> regressions() throws IOException {
        try (var in = SimulationTest.class.getResourceAsStream("seeds.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("regressions")
    void aSeedThatOnceBrokeARuleKeepsThemAll(String line) {
        SimulationResult result = Simulation.inMemory().run(Long.parseLong(line.split("\\s+")[0]));
        if (!result.violations().isEmpty()) {
            throw new AssertionError(Runs.told(result, Runs.write(result)));
        }
    }

    @Test
    void theSameSeedGivesTheSameRunByteForByte() {
        for (long seed = 1; seed <= 5; seed++) {
            var first = Simulation.inMemory().run(seed);
            var second = Simulation.inMemory().run(seed);
            assertThat(second).isEqualTo(first);
            assertThat(first.trace()).hasSizeGreaterThan(50);
        }
        assertThat(Simulation.inMemory().run(1).trace())
                .isNotEqualTo(Simulation.inMemory().run(2).trace());
    }

    /** Sets and identities are hashed otherwise in every process. */
    @Test
    void theSameSeedGivesTheSameRunInAnotherProcess(@TempDir Path folder) throws IOException, InterruptedException {
        var fingerprints = Fingerprints.of(1, 15);
        for (int i = 0; i < 2; i++) {
            assertThat(Fingerprints.ofAnotherProcess(folder, 1, 15)).isEqualTo(fingerprints);
        }
    }
}
