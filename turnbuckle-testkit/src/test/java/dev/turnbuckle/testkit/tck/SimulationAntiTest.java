package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.SessionStore.From;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.plan.RowStorage.Limits;
import dev.turnbuckle.testkit.simulation.Simulation;
import dev.turnbuckle.testkit.simulation.SimulationResult;
import dev.turnbuckle.testkit.simulation.Violation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation fed with broken storages and with engines that make mistakes: each is found, by the checker it concerns. */
@Timeout(300)
class SimulationAntiTest {
    /** Seeds within which each mistake is found. */
    private static final int SEEDS = 1_000;

    /** @param checker who must notice */
    record Mistake(String name, String checker, Simulation simulation) {
        @Override
        public String toString() {
            return name + ": " + checker;
        }
    }

    private static Simulation over(Breakage breakage) {
        return Simulation.over(dead -> {
            var fixture = new BrokenStorage(breakage);
            fixture.presumeDead(dead);
            return fixture.storage(Limits.DEFAULT);
        });
    }

    private static Mistake broken(Breakage breakage, String checker) {
        return new Mistake("storage " + breakage.name(), checker, over(breakage));
    }

    private static Breakage named(String name) {
        return Breakages.all().filter(b -> b.name().equals(name)).findFirst().orElseThrow();
    }

    /** An engine that makes this mistake in its calls of the store. */
    private static Mistake engine(String name, String checker, Call.Interceptor mistake) {
        return new Mistake(
                "engine " + name, checker, Simulation.inMemory().engineSees(storage -> mistaken(storage, mistake)));
    }

    private static Storage mistaken(Storage storage, Call.Interceptor mistake) {
        return Call.through(
                call -> {
                    Object part = call.proceed();
                    return part != null && call.method().getReturnType().isInterface()
                            ? mistakenPart(call.method().getReturnType(), part, mistake)
                            : part;
                },
                Storage.class,
                storage);
    }

    private static <T> T mistakenPart(Class<T> type, Object part, Call.Interceptor mistake) {
        return Call.through(mistake, type, type.cast(part));
    }

    private static Breakage breakage(String name) {
        return Breakage.of(name, AntiTest.BrokenCommits.class);
    }

    static Stream<Mistake> mistakes() {
        return Stream.of(storages(), moreStorages(), engines()).flatMap(s -> s);
    }

    private static Stream<Mistake> storages() {
        return Map.ofEntries(
                        Map.entry("forgets the fence", "leases"),
                        Map.entry("ignores the gate", "cancels"),
                        Map.entry("keeps the journal", "effects"),
                        Map.entry("forgets the receipt", "commits"),
                        Map.entry("counts usage again", "state"),
                        Map.entry("shortens a list", "transcript"),
                        Map.entry("renews for anybody", "leases"),
                        Map.entry("ignores the key", "inputs"),
                        Map.entry("hands out rows before their time", "inputs"),
                        Map.entry("gives a safe point new rows", "inputs"),
                        Map.entry("loses an answer", "waits"),
                        Map.entry("forgets the gate", "cancels"),
                        Map.entry("forgets that an effect started", "effects"),
                        Map.entry("overwrites an outcome", "effects"),
                        Map.entry("takes the second answer", "waits"))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> broken(named(e.getKey()), e.getValue()));
    }

    private static Stream<Mistake> moreStorages() {
        return Stream.of(
                broken(
                        breakage("gives away what is held").operation((call, whole) -> {
                            Object result = call.proceed();
                            if (result instanceof Turns.Start.Busy(var held)) {
                                whole.leases().release(held);
                                return call.proceed();
                            }
                            return result;
                        }),
                        "leases"),
                broken(
                        breakage("keeps to itself what was recorded before").operation((call, whole) -> {
                            Object result = call.proceed();
                            return result instanceof Journal.RecordResult.Recorded r
                                    ? new Journal.RecordResult.Recorded(List.of(), r.cancelRequested(), r.steered())
                                    : result;
                        }),
                        "effects"),
                broken(named("lets a cancelled input wait again"), "inputs"),
                broken(
                        breakage("loses a steer").operation((call, whole) -> {
                            Object result = call.proceed();
                            return call.is(Inbox.class, "claimSteers") ? new Inbox.Steers.Claimed(List.of()) : result;
                        }),
                        "inputs"),
                broken(
                        breakage("finds nothing that is due")
                                .operation((call, whole) -> call.is(Inbox.class, "due") ? List.of() : call.proceed()),
                        "progress"),
                broken(
                        breakage("reads the head before its time").operation((call, whole) -> {
                            Object result = call.proceed();
                            if (call.is(SessionStore.class, "heads")) {
                                var ahead = new TreeMap<Object, Object>();
                                ((Map<?, ?>) result).forEach((id, r) -> ahead.put(id, (Long) r + 1));
                                return ahead;
                            }
                            return result;
                        }),
                        "observers"),
                broken(
                        breakage("shows less than there is").operation((call, whole) -> {
                            Object result = call.proceed();
                            boolean whole0 = call.is(SessionStore.class, "path")
                                    && call.arguments().get(1) instanceof From.Root;
                            return whole0 && result instanceof List<?> l && l.size() > 1
                                    ? l.subList(1, l.size())
                                    : result;
                        }),
                        "observers"));
    }

    private static Stream<Mistake> engines() {
        return Stream.of(
                engine("drives from the beginning, whatever is recorded", "effects", call -> {
                    Object result = call.proceed();
                    return result instanceof Turns.Start.Go(var s)
                            ? new Turns.Start.Go(new Turns.Started(
                                    s.lease(), s.turn(), s.session(), s.inputs(), List.of(), s.waits(), s.displaced()))
                            : result;
                }),
                engine("does not record that a call starts", "effects", call -> {
                    if (!call.is(Journal.class, "record")) {
                        return call.proceed();
                    }
                    List<JournalEntry> done = Stream.of(
                                    call.argument(2, List.class).toArray())
                            .map(JournalEntry.class::cast)
                            .filter(JournalEntry::done)
                            .toList();
                    return call.proceedWith(
                            call.arguments().get(0),
                            call.arguments().get(1),
                            done,
                            call.arguments().get(3));
                }),
                engine("forgets a steer that it has taken", "inputs", call -> {
                    Object result = call.proceed();
                    return call.is(Inbox.class, "claimSteers") ? new Inbox.Steers.Claimed(List.of()) : result;
                }),
                engine("keeps the last entry of a turn to itself", "transcript", call -> {
                    if (!call.is(SessionStore.class, "commit")) {
                        return call.proceed();
                    }
                    Commit c = call.argument(0, Commit.class);
                    var entries = c.history().entries();
                    var fewer = new Commit.History(
                            c.history().base(),
                            entries.subList(0, Math.max(0, entries.size() - 1)),
                            c.history().compaction());
                    return call.proceedWith(new Commit(c.target(), fewer, c.state(), c.settlement(), c.record()));
                }),
                engine("forgets state", "state", call -> {
                    if (!call.is(SessionStore.class, "commit")) {
                        return call.proceed();
                    }
                    Commit c = call.argument(0, Commit.class);
                    return call.proceedWith(
                            new Commit(c.target(), c.history(), Commit.State.UNCHANGED, c.settlement(), c.record()));
                }),
                engine("does not wait for what it asked", "waits", call -> {
                    if (!call.is(Turns.class, "suspend")) {
                        return call.proceed();
                    }
                    var r = call.argument(0, Turns.SuspendRequest.class);
                    return call.proceedWith(new Turns.SuspendRequest(
                            r.lease(), r.turn(), List.of(), r.entries(), r.blobs(), r.driven()));
                }),
                engine("has an upkeep that dies", "tasks", call -> {
                    if (call.is(Leases.class, "expireDead")) {
                        throw new IllegalStateException("planted");
                    }
                    return call.proceed();
                }));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsFoundByTheCheckerThatItConcerns(Mistake mistake) {
        var found = new TreeSet<String>();
        for (long seed = 1; seed <= SEEDS && !found.contains(mistake.checker()); seed++) {
            SimulationResult result = mistake.simulation().run(seed);
            result.violations().stream().map(Violation::checker).forEach(found::add);
        }
        assertThat(found).contains(mistake.checker());
    }

    @Test
    void everyCheckerFindsAMistake() {
        Set<String> checkers = mistakes().map(Mistake::checker).collect(Collectors.toCollection(TreeSet::new));
        assertThat(checkers)
                .containsExactly(
                        "cancels",
                        "commits",
                        "effects",
                        "inputs",
                        "leases",
                        "observers",
                        "progress",
                        "state",
                        "tasks",
                        "transcript",
                        "waits");
    }
}
