package dev.turnbuckle.testkit.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong in this run, and how often. Each seed has kinds of its own, about half of all, so that some runs see
 * nothing but lost answers and some see everything at once. After {@link #heal} nothing goes wrong any more.
 */
final class Faults {
    private static final double ENABLED = 0.5;

    /** A record of a model's answer, which others beside it may have to make again. */
    static final String MODEL_RECORD = "Journal.record of an answer";

    /** Calls that change something, with how often one of them is struck. */
    private static final SortedMap<String, Double> WRITES = new TreeMap<>(Map.ofEntries(
            Map.entry("Turns.start", 0.03),
            Map.entry("Inbox.accept", 0.03),
            Map.entry("Journal.record", 0.04),
            Map.entry(MODEL_RECORD, 0.06),
            Map.entry("Leases.renew", 0.05),
            Map.entry("SessionStore.commit", 0.06),
            Map.entry("SessionStore.move", 0.1),
            Map.entry("Turns.suspend", 0.08),
            Map.entry("Turns.abandon", 0.12),
            Map.entry("Turns.cancel", 0.08),
            Map.entry("Inbox.cancel", 0.1),
            Map.entry("Inbox.claimSteers", 0.08),
            Map.entry("Journal.resolve", 0.05),
            Map.entry("Journal.cancelWaits", 0.1)));

    /** Calls of which there are many: how often one of them is not struck though it is the next. */
    private static final Map<String, Double> OFTEN = Map.of(
            "Turns.start",
            0.9,
            "Inbox.accept",
            0.9,
            "Journal.record",
            0.9,
            MODEL_RECORD,
            0.8,
            "Leases.renew",
            0.8,
            "SessionStore.commit",
            0.8);

    private static final double READS = 0.004;

    /** How many calls are struck for certain, if they are made, beside what happens by chance. */
    private static final int TARGETS = 30;

    private final Dice dice;
    private final Tally tally;
    private final List<Fault> ofCalls;
    private final List<Fault> ofModels;
    private final List<Fault> ofTools;
    private final List<Fault> ofProcesses;
    private final Map<String, Deque<Fault>> targets = new TreeMap<>();
    private final double intensity;
    private boolean storm = true;

    /** @param shared whether there is a way to the store on which an answer can be lost */
    Faults(Dice dice, Tally tally, boolean shared) {
        this.dice = dice;
        this.tally = tally;
        List<Fault> onTheWay = Fault.Where.CALL.faults().stream()
                .filter(f -> shared || f != Fault.LOST)
                .toList();
        ofCalls = some(onTheWay);
        ofModels = some(Fault.Where.MODEL.faults());
        ofTools = some(Fault.Where.BODY.faults());
        ofProcesses = some(Fault.Where.PROCESS.faults());
        intensity = dice.oneOf(0.3, 1.0, 2.0);
        List<String> operations = List.copyOf(WRITES.keySet());
        for (int i = 0; i < TARGETS; i++) {
            targets.computeIfAbsent(dice.oneOf(operations), o -> new ArrayDeque<>())
                    .add(dice.oneOf(onTheWay));
        }
    }

    private List<Fault> some(List<Fault> faults) {
        return faults.stream().filter(f -> dice.chance(ENABLED)).toList();
    }

    void heal() {
        storm = false;
    }

    boolean storm() {
        return storm;
    }

    static boolean writes(String operation) {
        return WRITES.containsKey(operation);
    }

    @Nullable Fault atCall(String operation) {
        Fault target = targeted(operation);
        Fault fault = target != null ? target : drawn(ofCalls, WRITES.getOrDefault(operation, READS));
        if (fault != null) {
            tally.count(fault.told() + " " + (writes(operation) ? operation : "a read"));
        }
        return fault;
    }

    /** Often made calls are not struck all at once. */
    private @Nullable Fault targeted(String operation) {
        Deque<Fault> left = storm ? targets.get(operation) : null;
        return left == null || left.isEmpty() || !dice.chance(1 - OFTEN.getOrDefault(operation, 0.3))
                ? null
                : left.poll();
    }

    @Nullable Fault inModel() {
        return counted(drawn(ofModels, 0.14));
    }

    @Nullable Fault inBody() {
        return counted(drawn(ofTools, 0.2));
    }

    /** Asked from time to time. */
    @Nullable Fault ofProcess() {
        return counted(drawn(ofProcesses, 0.3));
    }

    private @Nullable Fault drawn(List<Fault> choices, double rate) {
        return storm && !choices.isEmpty() && dice.chance(rate * intensity) ? dice.oneOf(choices) : null;
    }

    private @Nullable Fault counted(@Nullable Fault fault) {
        if (fault != null) {
            tally.count(fault.told());
        }
        return fault;
    }

    /** Names of its counters. */
    static Stream<String> counters() {
        return Stream.of(Fault.values()).flatMap(Faults::counters);
    }

    private static Stream<String> counters(Fault fault) {
        return fault.where() == Fault.Where.CALL
                ? Stream.concat(Stream.of("a read"), WRITES.keySet().stream()).map(at -> fault.told() + " " + at)
                : Stream.of(fault.told());
    }
}
