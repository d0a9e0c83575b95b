package dev.turnbuckle.cli.demo;

import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.TurnRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Counts what a demo did, when it is over: the database through the storage's interface, the ledger, and the effects
 * file. Nothing is taken from what the demo meant to do, but the inputs that {@code send} returned for: those are what
 * must not be lost.
 */
final class Tally {
    /**
     * @param kills worker processes that the system reports as ended by SIGKILL
     * @param effectsRun lines {@code RUN}: model and tool calls that were performed, however often
     * @param effectsRecalled lines {@code RECALLED}: outcomes that a later drive took from the journal
     * @param recordedEffectsRunAgain runs of an effect of which the database held an outcome just before, or which an
     *     earlier line says was recalled or settled as unknown
     * @param onceToolStarts runs of effects that the turn records call {@code ONCE}
     * @param onceToolsStartedTwice of those, runs beyond the first of the same call
     * @param unknownOutcomes effects that the turn records have settled as unknown
     * @param modelAttemptsRepeated model calls that were made again, beyond the first of each
     * @param ledgerLinesTwice lines of the ledger beyond the first with the same idempotency key
     */
    record Count(
            int kills,
            int inputsAccepted,
            int inputsApplied,
            int inputsLost,
            int turnsCommitted,
            int effectsRun,
            int effectsRecalled,
            int recordedEffectsRunAgain,
            int onceToolStarts,
            int onceToolsStartedTwice,
            int unknownOutcomes,
            int modelAttemptsRepeated,
            int ledgerLines,
            int ledgerLinesTwice) {
        /** What is not as promised, in words; empty when all is. */
        List<String> broken(int killsMeant) {
            var broken = new ArrayList<String>();
            expect(broken, "processes ended by kill -9", killsMeant, kills);
            expect(broken, "inputs lost", 0, inputsLost);
            expect(broken, "turns committed", inputsAccepted, turnsCommitted);
            expect(broken, "recorded effects that ran again", 0, recordedEffectsRunAgain);
            expect(broken, "ONCE calls that started twice", 0, onceToolsStartedTwice);
            expect(broken, "lines in ledger.txt", inputsAccepted, ledgerLines);
            expect(broken, "lines in ledger.txt of a call that has one", 0, ledgerLinesTwice);
            return broken;
        }

        private static void expect(List<String> broken, String what, int expected, int counted) {
            if (expected != counted) {
                broken.add(what + ": expected " + expected + ", counted " + counted);
            }
        }
    }

    /** An effect of a turn. */
    private record Key(String turn, String effect) {}

    /** What the database says of the turns that ended. */
    private record Recorded(int committed, Set<Key> once, int unknown) {}

    private Tally() {}

    static Count count(DemoFolder folder, Storage storage, Collection<TurnId> accepted, int kills) throws IOException {
        int applied = applied(storage, accepted);
        Recorded recorded = recorded(storage);
        List<Effects.Line> lines = Effects.read(folder.effects());
        List<Effects.Line> runs = of(lines, Effects.What.RUN);
        List<Effects.Line> onceRuns =
                runs.stream().filter(l -> recorded.once().contains(key(l))).toList();
        List<String> ledger = Shop.ledger(folder.ledger());
        return new Count(
                kills,
                accepted.size(),
                applied,
                accepted.size() - applied,
                recorded.committed(),
                runs.size(),
                of(lines, Effects.What.RECALLED).size(),
                runAgain(lines),
                onceRuns.size(),
                repeated(onceRuns),
                recorded.unknown(),
                repeated(runs.stream()
                        .filter(l -> !l.effect().contains("/tool/"))
                        .toList()),
                ledger.size(),
                ledger.size()
                        - (int) ledger.stream()
                                .map(Tally::idempotencyKey)
                                .distinct()
                                .count());
    }

    private static int applied(Storage storage, Collection<TurnId> accepted) {
        return (int) storage.inbox().list(DemoFolder.SESSION, EnumSet.of(InboxItem.State.APPLIED)).stream()
                .filter(i -> accepted.contains(i.turn()))
                .count();
    }

    private static Recorded recorded(Storage storage) throws IOException {
        var once = new HashSet<Key>();
        int committed = 0;
        int unknown = 0;
        for (TurnRow turn : turns(storage)) {
            TurnRow.Ending ending = turn.ending();
            if (ending == null || ending.revision() == 0 || !(ending.outcome() instanceof TurnOutcome.Answered)) {
                continue;
            }
            committed++;
            Blob record = storage.blobs()
                    .get(ending.record())
                    .orElseThrow(() -> new IOException("turn " + turn.id() + " has no record"));
            for (JsonNode entry : JsonMapper.shared().readTree(record.bytes()).path("entries")) {
                if (entry.path("effectClass").asString("").equals("ONCE")) {
                    once.add(new Key(turn.id().value(), entry.path("key").asString("")));
                }
                if (how(entry).equals("unknown")) {
                    unknown++;
                }
            }
        }
        return new Recorded(committed, once, unknown);
    }

    private static String how(JsonNode entry) {
        String outcome = entry.path("outcome").asString("");
        return outcome.isEmpty()
                ? ""
                : JsonMapper.shared().readTree(outcome).path("how").asString("");
    }

    private static List<TurnRow> turns(Storage storage) {
        var turns = new ArrayList<TurnRow>();
        PageRequest page = PageRequest.first(PageRequest.MAX_SIZE);
        while (page != null) {
            var got = storage.turns().list(DemoFolder.SESSION, page);
            turns.addAll(got.items());
            page = got.next() == null ? null : page.after(got.next());
        }
        return turns;
    }

    private static List<Effects.Line> of(List<Effects.Line> lines, Effects.What what) {
        return lines.stream().filter(l -> l.what() == what).toList();
    }

    private static int runAgain(List<Effects.Line> lines) {
        var settled = new HashSet<Key>();
        int again = 0;
        for (Effects.Line line : lines) {
            if (line.what() != Effects.What.RUN) {
                settled.add(key(line));
            } else if (line.recorded() || settled.contains(key(line))) {
                again++;
            }
        }
        return again;
    }

    private static int repeated(List<Effects.Line> runs) {
        Map<Key, Long> times =
                runs.stream().collect(Collectors.groupingBy(Tally::key, HashMap::new, Collectors.counting()));
        return runs.size() - times.size();
    }

    private static Key key(Effects.Line line) {
        return new Key(line.turn(), line.effect());
    }

    private static String idempotencyKey(String line) {
        return line.substring(line.lastIndexOf(' ') + 1);
    }
}
