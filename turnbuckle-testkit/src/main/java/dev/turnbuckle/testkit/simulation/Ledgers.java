package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Turns;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checker {@code state}: durable state holds what the bodies whose results are in the history left, no more and no less,
 * and a turn is composed of the state that it began with (J4, S21, T3). Usage is that of the answers (S32).
 */
final class Ledgers extends Checker {
    private final Chronicle chronicle;
    private final Inputs inputs;
    private static final Pattern RESULT = Pattern.compile("\"ok ([a-z][0-9]+\\.[0-9]+) r([0-9]+)\"");

    private final Map<TurnId, Long> bases = new HashMap<>();

    /** What the recorded outcomes of a turn left. */
    private final Map<TurnId, TreeSet<String>> recorded = new HashMap<>();

    /** Who drives the turn now; a driver that was superseded may read what is newer than its turn. */
    private final Map<TurnId, String> drivers = new HashMap<>();

    /** Turns that had been driven too often: they are ended without another drive. */
    private final Set<TurnId> givenUp = new HashSet<>();

    private final int attempts;

    /** @param attempts drives that a turn has */
    Ledgers(Referee referee, Chronicle chronicle, int attempts) {
        super("state", referee);
        this.attempts = attempts;
        this.chronicle = chronicle;
        this.inputs = referee.inputs;
    }

    @Override
    void seen(Seen call) {
        if (call.result() instanceof Turns.Start.Go(var started)) {
            bases.putIfAbsent(started.turn().id(), started.session().head().revision());
            drivers.put(started.turn().id(), call.node());
            if (started.turn().attempts() > attempts) {
                givenUp.add(started.turn().id());
            }
        }
        switch (call.result()) {
            case Journal.RecordResult.Recorded r -> keep(call.argument(1, TurnId.class), call.argument(2, List.class));
            case Turns.Suspension.Suspended s -> {
                var request = call.argument(0, Turns.SuspendRequest.class);
                keep(request.turn(), request.entries());
            }
            case null, default -> {}
        }
    }

    private void keep(TurnId turn, List<?> entries) {
        for (Object entry : entries) {
            Matcher result = RESULT.matcher(String.valueOf(((JournalEntry) entry).outcome()));
            if (result.find()) {
                recorded.computeIfAbsent(turn, t -> new TreeSet<>()).add(result.group(1) + "#" + result.group(2));
            }
        }
    }

    @Override
    void modelAsked(Asked asked) {
        Inputs.Accepted opener = inputs.named(asked.opener);
        Long base = opener == null ? null : bases.get(opener.turn);
        if (base == null) {
            demand(false, () -> asked + " belongs to no turn that was started");
            return;
        }
        if (!asked.node.equals(drivers.get(java.util.Objects.requireNonNull(opener).turn))) {
            return;
        }
        demand(
                asked.context.equals(User.agentOf(asked.session).equals(Agents.GATHERING) ? "" : asked.opener),
                () -> "turn " + asked.opener + " was told the context of " + asked.context);
        List<String> expected = ledger(asked.session, base);
        List<String> told = sorted(asked.ledger);
        demand(
                expected.equals(told),
                () -> "turn " + asked.opener + " began at revision " + base + " with the state " + expected
                        + ", its prompt says " + told);
    }

    private List<String> ledger(String session, long revision) {
        var done = new ArrayList<String>();
        chronicle.since(session, revision).forEach(chapter -> done.addAll(left(chapter)));
        return sorted(done);
    }

    /** Of a turn that was given up its journal tells: what is recorded has happened, though nobody goes on from it. */
    private List<String> left(Chronicle.Chapter chapter) {
        if (givenUp.contains(chapter.turn())) {
            return List.copyOf(recorded.getOrDefault(chapter.turn(), new TreeSet<>()));
        }
        var done = new ArrayList<String>();
        for (Message message : chapter.entries()) {
            for (Part part : message.parts()) {
                if (part instanceof Part.ToolResult r && r.content().startsWith("ok ")) {
                    String[] words = r.content().split(" ", -1);
                    done.add(words[1] + "#" + words[2].substring(1));
                }
            }
        }
        return done;
    }

    private static List<String> sorted(List<String> list) {
        var copy = new ArrayList<>(list);
        Collections.sort(copy);
        return copy;
    }

    @Override
    void atTheEnd(Remains remains) {
        remains.living().forEach((id, left) -> {
            List<String> expected = ledger(id, Long.MAX_VALUE);
            List<String> stored = sorted(left.ledger());
            demand(
                    expected.equals(stored),
                    () -> "the state of " + id + " is " + stored + ", it should be " + expected);
            demand(
                    left.usage().equals(usage(id)),
                    () -> "the usage of " + id + " is " + left.usage() + ", it should be " + usage(id));
        });
    }

    private Usage usage(String session) {
        Usage sum = Usage.NONE;
        for (Chronicle.Chapter chapter : chronicle.chapters(session)) {
            for (Message message : chapter.entries()) {
                boolean answer = message.role() == Message.Role.ASSISTANT && !message.interrupted();
                sum = answer && chapter.outcome() != null ? sum.plus(SimulatedModel.USAGE) : sum;
            }
        }
        return sum;
    }
}
