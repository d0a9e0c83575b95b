package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Move;
import dev.turnbuckle.store.Turns;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes calls and events into the trace, one line each, turns by the name of their input. */
final class Reporter {
    /** Looked at again and again, and rarely interesting. */
    private static final Set<String> QUIET = Set.of(
            "Inbox.due",
            "Inbox.untilDue",
            "Turns.cancelled",
            "Turns.find",
            "Inbox.find",
            "SessionStore.find",
            "SessionStore.heads",
            "SessionStore.path",
            "SessionStore.components",
            "Journal.openWaits",
            "Journal.findWait",
            "Blobs.get",
            "Maintenance.reclaim");

    private final World world;

    Reporter(World world) {
        this.world = world;
    }

    void tell(Seen call, Function<TurnId, String> word) {
        boolean nothing = QUIET.contains(call.operation()) || Integer.valueOf(0).equals(call.result());
        if (call.thrown() != null) {
            world.log(call.node(), call.operation() + " throws " + call.thrown());
        } else if (!nothing) {
            world.log(call.node(), call.operation() + " " + asked(call, word) + " -> " + answered(call.result(), word));
        }
    }

    private static String asked(Seen call, Function<TurnId, String> word) {
        return call.arguments().stream().map(a -> asked(a, word)).collect(Collectors.joining(" "));
    }

    private static String asked(@Nullable Object argument, Function<TurnId, String> word) {
        return switch (argument) {
            case Inbox.NewInput i -> i.session() + " " + i.delivery() + " " + i.key();
            case Turns.StartRequest r -> r.session();
            case Turns.SuspendRequest r ->
                word.apply(r.turn()) + " " + of(r.lease()) + " " + entries(r.entries()) + " waits "
                        + r.waits().stream().map(w -> w.key()).toList();
            case Commit c ->
                word.apply(c.target().turn()) + " " + of(c.target().lease()) + " on "
                        + c.target().expectedRevision() + " "
                        + c.record().outcome().code() + " inputs "
                        + c.settlement().inputs();
            case Move m ->
                m.session()
                        + (m.clearState()
                                ? " anew"
                                : " and " + m.history().entries().size() + " entries");
            case TurnId t -> word.apply(t);
            case Lease l -> of(l);
            case List<?> l when !l.isEmpty() && l.getFirst() instanceof JournalEntry -> entries(l);
            case List<?> l
            when !l.isEmpty() && l.getFirst() instanceof Lease ->
                l.stream().map(e -> of((Lease) e)).toList().toString();
            case List<?> l
            when !l.isEmpty() && l.getFirst() instanceof dev.turnbuckle.store.Blob -> l.size() + " blobs";
            case null -> "null";
            default -> argument.toString();
        };
    }

    private static String of(Lease lease) {
        return lease.scope().id() + "/" + lease.generation() + " of "
                + lease.holder().incarnation();
    }

    private static String entries(List<?> entries) {
        return entries.stream()
                .map(e -> (JournalEntry) e)
                .map(e -> e.key() + (e.done() ? "" : " started"))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String answered(@Nullable Object result, Function<TurnId, String> word) {
        return switch (result) {
            case Inbox.Accepted.Row row ->
                (row.existing() ? "known " : "input ") + row.item().sequence();
            case Inbox.Accepted.KeyConflict c -> "key conflict";
            case Turns.Start.Go(var s) ->
                "drive " + word.apply(s.turn().id()) + " as " + of(s.lease()) + " attempt "
                        + s.turn().attempts()
                        + " inputs "
                        + s.inputs().stream().map(InboxItem::sequence).toList() + " journal "
                        + entries(s.journal())
                        + (s.displaced() == null
                                ? ""
                                : " taken from " + s.displaced().incarnation());
            case Turns.Start.Busy(var held) -> "busy " + of(held);
            case Journal.RecordResult.Recorded r ->
                "recorded" + (r.existing().isEmpty() ? "" : ", existing " + entries(r.existing()))
                        + (r.cancelRequested() ? ", cancelled" : "") + (r.steered() ? ", steered" : "");
            case Inbox.Steers.Claimed(var items) ->
                "joined " + items.stream().map(InboxItem::sequence).toList();
            case Move.Done d -> String.valueOf(d.result());
            case CommitResult.Committed c -> "revision " + c.revision() + (c.repeated() ? " repeated" : "");
            case List<?> l when !l.isEmpty() && l.getFirst() instanceof Leases.Renewal -> renewals(l);
            case null -> "nothing";
            default -> result.toString();
        };
    }

    private static String renewals(List<?> renewals) {
        return renewals.stream()
                .map(r -> switch ((Leases.Renewal) r) {
                    case Leases.Renewal.Renewed n -> "renewed";
                    case Leases.Renewal.Refused f -> "refused: " + f.why();
                })
                .toList()
                .toString();
    }

    /** An event in words. */
    static String words(SessionEvent event, Function<TurnId, String> word) {
        String position = event.cursor().position() + " ";
        return position
                + switch (event.activity()) {
                    case Activity.TurnStarted t -> "turn started " + word.apply(t.turn()) + " " + t.attempt();
                    case Activity.TextDelta d -> "text " + d.item() + " \"" + d.text() + "\"";
                    case Activity.TurnEnded t ->
                        "turn ended " + word.apply(t.turn()) + " " + t.outcome().code();
                    case Activity.Gap g -> "gap " + g.reason();
                    case Activity.Retracted r -> "retracted " + r.items();
                    case Activity.Committed c -> "committed " + c.revision();
                    case Activity.ModelEnded m -> "model ended " + m.item() + (m.performed() ? "" : " recalled");
                    default -> event.activity().getClass().getSimpleName();
                };
    }
}
