package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.session.CancelResult;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Turns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Checker {@code inputs}: every accepted input is applied exactly once, or cancelled, or dead with a reason; in order,
 * and a driven turn has exactly its own (Q2, Q5, Q9, Q10, Q12).
 */
final class Inputs extends Checker {
    enum State {
        PENDING,
        CLAIMED,
        APPLIED,
        CANCELLED,
        DEAD,
        /** With its session. */
        DELETED
    }

    /** One accepted input. */
    static final class Accepted {
        final long sequence;
        final String session;
        final String name;
        final TurnId turn;
        final String content;
        final InboxItem.Delivery delivery;
        final Instant availableAt;

        /** Sent by a tool. */
        final boolean work;

        State state = State.PENDING;

        /** The turn that holds or held it. */
        @Nullable TurnId by;

        int point;

        /** Somebody cancelled it while another one's turn held it: it must not wait again. */
        boolean unwanted;

        private Accepted(long sequence, String name, Inbox.NewInput input, TurnId turn, Instant now) {
            this.work = input.kind() == InboxItem.Kind.WORK;
            this.sequence = sequence;
            this.session = input.session();
            this.name = name;
            this.turn = turn;
            this.content = input.content();
            this.delivery = input.delivery();
            this.availableAt = now.plus(input.delay());
        }

        private boolean waits(Instant now) {
            return state == State.PENDING && !availableAt.isAfter(now);
        }

        private boolean steers(Instant now) {
            return waits(now) && !work && delivery == InboxItem.Delivery.STEER;
        }

        private boolean heldBy(TurnId turn) {
            return state == State.CLAIMED && turn.equals(by);
        }

        @Override
        public String toString() {
            return name + " (" + state + ")";
        }
    }

    private final Map<Long, Accepted> bySequence = new TreeMap<>();
    private final Map<String, Accepted> byName = new HashMap<>();

    private final BiFunction<String, String, @Nullable InboxItem> stored;

    /** @param stored the row of a session under a key, read past the wires */
    Inputs(Referee referee, BiFunction<String, String, @Nullable InboxItem> stored) {
        super("inputs", referee);
        this.stored = stored;
    }

    @Nullable Accepted named(String name) {
        return byName.get(name);
    }

    /** Empty for one that was never accepted. */
    String name(long sequence) {
        Accepted input = bySequence.get(sequence);
        return input == null ? "" : input.name;
    }

    /** Sessions that exist. */
    List<String> sessions() {
        return bySequence.values().stream().map(i -> i.session).distinct().toList();
    }

    /**
     * The input that opened the turn which asks with these messages: the first that is not settled, or, of a turn that
     * another driver has ended meanwhile, the one that opened what took the last.
     */
    String opener(List<Message> messages) {
        String last = "";
        for (Message message : messages) {
            if (message.role() == Message.Role.USER) {
                Accepted input = byName.get(Script.nameOf(message.text()));
                last = input == null ? last : input.name; // what was appended is nobody's input
                if (input != null && input.state == State.CLAIMED) {
                    return last;
                }
            }
        }
        Accepted input = byName.get(last);
        return input == null || input.by == null ? last : word(input.by);
    }

    private List<Accepted> of(String session) {
        return bySequence.values().stream()
                .filter(i -> i.session.equals(session))
                .toList();
    }

    private @Nullable Accepted ofTurn(String session, TurnId turn) {
        return of(session).stream().filter(i -> i.turn.equals(turn)).findFirst().orElse(null);
    }

    @Override
    void seen(Seen call) {
        switch (call.result()) {
            case Inbox.Accepted accepted -> accepted(call.argument(0, Inbox.NewInput.class), accepted, call.storeNow());
            case Turns.Start.Go(var started) -> started(started, call.storeNow());
            case Inbox.Steers.Claimed(var items) ->
                joined(call.argument(1, TurnId.class), call.argument(2, Integer.class), items, call);
            case Journal.RecordResult.Recorded r -> told(call.argument(0, Lease.class), r, call.storeNow());
            case CommitResult result -> committed(call.argument(0, Commit.class), result, call.storeNow());
            case CancelResult r -> unwanted(call.argument(0, String.class), call.argument(1, TurnId.class));
            case List<?> answers when call.is("Inbox.cancel") -> answers.forEach(this::answered);
            case Boolean b
            when b && call.is("SessionStore.delete") ->
                of(call.argument(0, String.class)).forEach(i -> i.state = State.DELETED);
            case null, default -> {}
        }
    }

    private void accepted(Inbox.NewInput input, Inbox.Accepted answer, Instant now) {
        String name = String.valueOf(input.key());
        Accepted known = byName.get(name);
        switch (answer) {
            case Inbox.Accepted.Row row
            when !row.existing() -> {
                demand(known == null, () -> "input " + name + " was accepted twice");
                long last = bySequence.isEmpty() ? 0 : ((TreeMap<Long, Accepted>) bySequence).lastKey();
                demand(
                        row.item().sequence() > last,
                        () -> "sequence " + row.item().sequence() + " after " + last);
                demand(row.item().turn().equals(input.turn()), () -> "input " + name + " got another turn's id");
                keep(new Accepted(row.item().sequence(), name, input, row.item().turn(), now));
            }
            case Inbox.Accepted.Row row -> {
                count("the same input sent again");
                demand(
                        known != null
                                && known.sequence == row.item().sequence()
                                && known.turn.equals(row.item().turn())
                                && known.content.equals(input.content()),
                        () -> "the answer to a repeated send of " + name + " is not the first one: " + row);
            }
            case Inbox.Accepted.KeyConflict conflict -> {
                count("key conflict");
                demand(
                        known != null && !known.content.equals(input.content()),
                        () -> "a key conflict of " + name + " that is none");
            }
        }
    }

    private void keep(Accepted input) {
        bySequence.put(input.sequence, input);
        byName.put(input.name, input);
    }

    private void started(Turns.Started started, Instant now) {
        String session = started.session().id();
        TurnId turn = started.turn().id();
        List<Long> given =
                started.inputs().stream().map(InboxItem::sequence).sorted().toList();
        List<Long> held = of(session).stream()
                .filter(i -> i.heldBy(turn))
                .map(i -> i.sequence)
                .toList();
        if (held.isEmpty()) {
            opened(session, turn, given, now);
        } else {
            demand(
                    given.equals(held),
                    () -> "turn " + word(turn) + " holds the inputs " + held + ", its next driver got " + given);
        }
    }

    private void opened(String session, TurnId turn, List<Long> given, Instant now) {
        List<Accepted> next = next(session, now);
        Accepted first = next.isEmpty() ? null : next.getFirst();
        demand(
                first != null
                        && first.turn.equals(turn)
                        && given.equals(next.stream().map(i -> i.sequence).toList()),
                () -> "turn " + word(turn) + " was opened with " + given + ", next were " + next);
        if (first != null) {
            next.forEach(i -> claim(i, turn, 0));
            count(
                    first.work
                            ? "turn opened by what a tool sent"
                            : first.delivery == InboxItem.Delivery.STEER ? "steer too late to join" : "turn opened");
            if (next.size() > 1) {
                count("inputs merged");
            }
        }
    }

    /** The oldest that waits; with the gathering agent also what users sent behind it. */
    private List<Accepted> next(String session, Instant now) {
        List<Accepted> pending =
                of(session).stream().filter(i -> i.state == State.PENDING).toList();
        Accepted first = pending.stream().filter(i -> i.waits(now)).findFirst().orElse(null);
        if (first == null) {
            return List.of();
        }
        var next = new ArrayList<>(List.of(first));
        if (User.agentOf(session).equals(Agents.GATHERING) && !first.work) {
            pending.stream()
                    .dropWhile(i -> i.sequence <= first.sequence)
                    .takeWhile(i -> !i.work && i.waits(now))
                    .forEach(next::add);
        }
        return next;
    }

    private void claim(Accepted input, TurnId by, int point) {
        input.state = State.CLAIMED;
        input.by = by;
        input.point = point;
    }

    private void joined(TurnId turn, int point, List<InboxItem> items, Seen call) {
        Instant now = call.storeNow();
        String session = call.argument(0, Lease.class).scope().id();
        List<Accepted> before = of(session).stream()
                .filter(i -> i.heldBy(turn) && i.point == point)
                .toList();
        List<Accepted> expected = !before.isEmpty()
                ? before
                : of(session).stream().filter(i -> i.steers(now)).toList();
        List<Long> given = items.stream().map(InboxItem::sequence).sorted().toList();
        demand(
                given.equals(expected.stream().map(i -> i.sequence).toList()),
                () -> "at point " + point + " of " + word(turn) + " joined " + given + ", there wait " + expected);
        expected.forEach(i -> claim(i, turn, point));
        if (!expected.isEmpty()) {
            count(before.isEmpty() ? "steer joined" : "steer joined again in the next drive");
        }
    }

    private void told(Lease lease, Journal.RecordResult.Recorded result, Instant now) {
        boolean steered = of(lease.scope().id()).stream().anyMatch(i -> i.steers(now));
        demand(
                result.steered() == steered,
                () -> "a record said that a steer waits: " + result.steered() + "; inputs: "
                        + of(lease.scope().id()));
    }

    private void committed(Commit commit, CommitResult result, Instant now) {
        String session = commit.target().session();
        boolean steered = of(session).stream().anyMatch(i -> i.steers(now));
        if (result instanceof CommitResult.Steered) {
            demand(steered, () -> "a commit waited for a steer that is not there");
        }
        if (!(result instanceof CommitResult.Committed c) || c.repeated()) {
            return;
        }
        TurnId turn = commit.target().turn();
        demand(
                !steered || !commit.target().unlessSteered(),
                () -> "turn " + word(turn) + " was committed although a steer waited: " + of(session));
        for (long sequence : commit.settlement().inputs()) {
            Accepted input = bySequence.get(sequence);
            demand(
                    input != null && input.heldBy(turn),
                    () -> "turn " + word(turn) + " applied an input that it does not hold: " + input);
            if (input != null) {
                input.state = commit.settlement().dead() ? State.DEAD : State.APPLIED;
                count("input " + (commit.settlement().dead() ? "dead" : "applied"));
            }
        }
        sent(commit, c, now);
        for (Accepted input : of(session)) {
            if (input.heldBy(turn)) {
                demand(
                        !(commit.record().outcome() instanceof TurnOutcome.Answered),
                        () -> "turn " + word(turn) + " answered without its input " + input);
                givenBack(input);
            }
        }
    }

    /** What tools sent is accepted with the commit, once; what they sent to deleted sessions is named. */
    private void sent(Commit commit, CommitResult.Committed result, Instant now) {
        var dropped = new ArrayList<String>();
        for (Inbox.NewInput send : commit.settlement().sends()) {
            String name = String.valueOf(send.key());
            if (deleted(send.session())) {
                dropped.add(send.session());
                count("sent to a deleted session");
                continue;
            }
            Accepted known = byName.get(name);
            if (known != null) {
                // A turn that was given up tells the next one nothing of what it did.
                demand(known.content.equals(send.content()), () -> "other content was sent under the key " + name);
                count("input sent again by a tool");
                continue;
            }
            InboxItem row = stored.apply(send.session(), name);
            demand(row != null && row.turn().equals(send.turn()), () -> "what " + send + " became is " + row);
            if (row != null) {
                keep(new Accepted(row.sequence(), name, send, row.turn(), now));
                count("input sent by a tool");
            }
        }
        demand(
                result.droppedTo().equals(dropped),
                () -> "a commit dropped what it sent to " + result.droppedTo() + ", deleted are " + dropped);
    }

    /** A steer that was claimed for a point which the ended turn never came to waits again, unless nobody wants it. */
    private void givenBack(Accepted input) {
        demand(!input.turn.equals(input.by), () -> "turn " + word(input.turn) + " ended and left its input " + input);
        input.state = input.unwanted ? State.CANCELLED : State.PENDING;
        input.point = 0;
        count(
                input.unwanted
                        ? "steer cancelled with the turn that held it"
                        : "steer given back by a turn that ended before it");
    }

    /** A cancelled turn that had not been opened: its input goes, at once or when the turn that it joined lets it go. */
    private void unwanted(String session, TurnId turn) {
        Accepted input = ofTurn(session, turn);
        if (input != null && input.state == State.PENDING) {
            cancelled(input);
        } else if (input != null && input.state == State.CLAIMED) {
            input.unwanted = true;
        }
    }

    private void answered(@Nullable Object answer) {
        switch (answer) {
            case Inbox.CancelAnswer.Cancelled(var item) -> {
                Accepted input = bySequence.get(item.sequence());
                demand(
                        input != null && input.state == State.PENDING,
                        () -> "an input was cancelled that does not wait: " + input);
                if (input != null) {
                    cancelled(input);
                }
            }
            case Inbox.CancelAnswer.AlreadyClaimed(var item, var by) -> {
                Accepted input = bySequence.get(item.sequence());
                demand(input != null && input.heldBy(by), () -> "input " + input + " is said to be held by " + by);
                count("input cancel lost to a claim");
            }
            case null, default -> {}
        }
    }

    private void cancelled(Accepted input) {
        input.state = State.CANCELLED;
        count("input cancelled before a turn took it");
    }

    @Override
    void atTheEnd(Remains remains) {
        for (Accepted input : bySequence.values()) {
            demand(
                    input.state != State.PENDING && input.state != State.CLAIMED,
                    () -> "input " + input + " was never settled");
        }
        remains.living().forEach((id, left) -> {
            List<String> own =
                    of(id).stream().map(i -> i.sequence + " " + i.state).toList();
            List<String> stored = left.inbox().stream()
                    .map(i -> i.sequence() + " " + i.status().state())
                    .toList();
            demand(own.equals(stored), () -> "the inbox of " + id + " is " + stored + ", it should be " + own);
            for (InboxItem item : left.inbox()) {
                boolean silent = item.status().state() == InboxItem.State.DEAD
                        && item.status().error() == null;
                demand(!silent, () -> "the dead input " + item.key() + " gives no reason");
            }
        });
    }
}
