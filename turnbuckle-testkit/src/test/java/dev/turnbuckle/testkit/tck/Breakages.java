package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.SessionStore.From;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.UsageRow;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.store.plan.RowGroups.OfHistory.Branch;
import dev.turnbuckle.store.plan.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Ways to break a storage, each with the tests that catch it. */
final class Breakages {
    private Breakages() {}

    static Stream<Breakage> all() {
        return Stream.of(sessions(), commits(), history(), leases(), inbox(), turns(), journals())
                .flatMap(Function.identity());
    }

    private static Stream<Breakage> sessions() {
        return Stream.of(
                Breakage.of("forgets the tombstone", AntiTest.BrokenSessions.class, "S3", "S4")
                        .answering(SessionRow.class, row -> row.deleted() ? null : row),
                Breakage.of("overwrites metadata when created again", AntiTest.BrokenSessions.class, "S2")
                        .operation((call, whole) -> {
                            Object made = call.proceed();
                            if (call.is(SessionStore.class, "create")) {
                                whole.sessions()
                                        .describe(
                                                call.argument(0, String.class),
                                                call.argument(2, dev.turnbuckle.session.SessionSummary.Metadata.class));
                            }
                            return made;
                        }),
                Breakage.of("leaves the inbox of a deleted session", AntiTest.BrokenSessions.class, "S3")
                        .row(call -> {
                            if (call.is("bury")) {
                                Rows rows = (Rows) call.target();
                                String id = call.argument(0, String.class);
                                List<InboxItem> left = rows.inboxOf(id, 0, Set.of(InboxItem.State.values()));
                                call.proceed();
                                left.forEach(i -> rows.insertInbox(i, "hash"));
                                return null;
                            }
                            return call.proceed();
                        }),
                Breakage.of("drops nothing for deleted sessions", AntiTest.BrokenSessions.class, "S4")
                        .operation((call, whole) -> {
                            if (call.is(SessionStore.class, "commit")) {
                                Commit c = call.argument(0, Commit.class);
                                for (Inbox.NewInput send : c.settlement().sends()) {
                                    if (whole.sessions()
                                            .find(send.session())
                                            .filter(SessionRow::deleted)
                                            .isPresent()) {
                                        throw new SessionDeletedException(send.session());
                                    }
                                }
                            }
                            return call.proceed();
                        }));
    }

    private static Stream<Breakage> commits() {
        return Stream.of(
                Breakage.of("forgets the fence", AntiTest.BrokenCommits.class, "S10")
                        .operation((call, whole) -> call.is(SessionStore.class, "commit")
                                ? call.proceedWith(under(current(whole, call), call.argument(0, Commit.class)))
                                : call.proceed()),
                Breakage.of("accepts a stale revision", AntiTest.BrokenCommits.class, "S7", "S10")
                        .operation((call, whole) -> {
                            if (!call.is(SessionStore.class, "commit")) {
                                return call.proceed();
                            }
                            Commit c = call.argument(0, Commit.class);
                            var t = c.target();
                            long actual = whole.sessions()
                                    .find(t.session())
                                    .orElseThrow()
                                    .head()
                                    .revision();
                            return call.proceedWith(
                                    with(c, new Commit.Target(t.session(), t.turn(), t.lease(), actual)));
                        }),
                Breakage.of("ignores the gate", AntiTest.BrokenCommits.class, "S10")
                        .answering(TurnRow.class, t -> t.gate().cancelled() ? t.with(TurnRow.Gate.OPEN) : t),
                Breakage.of("undoes nothing", AntiTest.BrokenCommits.class, "S6", "S9")
                        .notAtomic(),
                Breakage.of("keeps the journal", AntiTest.BrokenCommits.class, "J13", "S6")
                        .forgetting("deleteJournal"),
                Breakage.of("forgets the receipt", AntiTest.BrokenCommits.class, "S6", "S7", "S10", "S11", "S12", "S32")
                        .answering(
                                TurnRow.class,
                                t -> new TurnRow(
                                        t.session(),
                                        t.id(),
                                        t.agent(),
                                        t.baseRevision(),
                                        t.userText(),
                                        t.state(),
                                        t.gate(),
                                        t.attempts(),
                                        t.times(),
                                        t.lastError(),
                                        null)),
                Breakage.of("counts usage again", AntiTest.BrokenCommits.class, "S6", "S32")
                        .row(call -> {
                            if (call.is("insertUsage")) {
                                UsageRow u = call.argument(1, UsageRow.class);
                                String session = call.argument(0, String.class);
                                call.proceed();
                                return call.proceedWith(
                                        session,
                                        new UsageRow(u.turn(), u.ordinal() + 1_000, u.source(), u.model(), u.usage()));
                            }
                            return call.proceed();
                        }));
    }

    private static Lease current(Storage whole, Call call) {
        Lease asked = call.argument(0, Commit.class).target().lease();
        return whole.leases().inspect(asked.scope()).orElse(asked);
    }

    private static Commit under(Lease lease, Commit c) {
        var t = c.target();
        return with(c, new Commit.Target(t.session(), t.turn(), lease, t.expectedRevision()));
    }

    private static Commit with(Commit c, Commit.Target target) {
        return new Commit(target, c.history(), c.state(), c.settlement(), c.record());
    }

    private static Stream<Breakage> history() {
        return Stream.of(
                Breakage.of("shortens a list", AntiTest.BrokenHistory.class, "S16")
                        .operation((call, whole) -> {
                            Object result = call.proceed();
                            boolean depth = call.is(SessionStore.class, "path")
                                    && call.arguments().get(1) instanceof From.Depth;
                            return depth && result instanceof List<?> l && l.size() > 1
                                    ? l.subList(1, l.size())
                                    : result;
                        }),
                Breakage.of("takes foreign parents", AntiTest.BrokenHistory.class, "S15")
                        .answering(
                                Branch.class,
                                b -> new Branch(b.id(), "s", b.parentBranch(), b.parentDepth(), b.nextDepth())),
                Breakage.of("forgets compactions", AntiTest.BrokenHistory.class, "S20")
                        .forgetting("insertCompaction"));
    }

    private static Stream<Breakage> leases() {
        return Stream.of(
                Breakage.of("grants what is held", AntiTest.BrokenLeases.class, "L2", "L3", "L6")
                        .operation((call, whole) -> {
                            Object result = call.proceed();
                            if (result instanceof Leases.Grant.Busy(Lease held)) {
                                whole.leases().release(held);
                                return call.proceed();
                            }
                            return result;
                        }),
                Breakage.of("renews for anybody", AntiTest.BrokenLeases.class, "L4", "L7")
                        .operation((call, whole) -> {
                            if (!call.is(Leases.class, "renew")) {
                                return call.proceed();
                            }
                            var stored = new ArrayList<Lease>();
                            for (Object lease : call.argument(0, List.class)) {
                                stored.add(whole.leases()
                                        .inspect(((Lease) lease).scope())
                                        .orElseThrow());
                            }
                            return call.proceedWith(stored, call.arguments().get(1));
                        }),
                Breakage.of("releases for anybody", AntiTest.BrokenLeases.class, "L4", "L5")
                        .operation((call, whole) -> call.is(Leases.class, "release")
                                ? call.proceedWith(whole.leases()
                                        .inspect(call.argument(0, Lease.class).scope())
                                        .orElseThrow())
                                : call.proceed()),
                Breakage.of("shortens a lease", AntiTest.BrokenLeases.class, "L4")
                        .row(call -> {
                            if (!call.is("putLease")) {
                                return call.proceed();
                            }
                            Lease lease = call.argument(0, Lease.class);
                            Lease before = ((Rows) call.target()).lease(lease.scope());
                            Instant least = lease.acquiredAt().plusSeconds(1);
                            return before != null && before.sameAs(lease) && before.equals(lease)
                                    ? call.proceedWith(lease.until(least))
                                    : call.proceed();
                        }),
                Breakage.of("inspecting takes it away", AntiTest.BrokenLeases.class, "L9")
                        .operation((call, whole) -> {
                            Object result = call.proceed();
                            if (call.is(Leases.class, "inspect")
                                    && result instanceof java.util.Optional<?> o
                                    && o.isPresent()) {
                                whole.leases().renew(List.of((Lease) o.get()), Duration.ofHours(1));
                            }
                            return result;
                        }));
    }

    private static Stream<Breakage> inbox() {
        return Stream.of(
                Breakage.of("repeats a call", AntiTest.BrokenInbox.class, "Q1", "Q9")
                        .operation((call, whole) -> {
                            if (call.is(Inbox.class, "accept")
                                    && call.argument(0, Inbox.NewInput.class).kind() == InboxItem.Kind.WORK) {
                                call.proceed();
                            }
                            return call.proceed();
                        }),
                Breakage.of("ignores the key", AntiTest.BrokenInbox.class, "Q2").operation((call, whole) -> {
                    Object result = call.is(Inbox.class, "accept") ? null : call.proceed();
                    if (call.is(Inbox.class, "accept")) {
                        Inbox.NewInput i = call.argument(0, Inbox.NewInput.class);
                        boolean known = i.key() != null
                                && whole.inbox()
                                        .find(i.session(), new Inbox.Ref.Key(i.key()))
                                        .isPresent();
                        return known
                                ? call.proceedWith(new Inbox.NewInput(
                                        i.session(),
                                        i.agent(),
                                        i.turn(),
                                        i.kind(),
                                        i.delivery(),
                                        i.content(),
                                        null,
                                        i.context(),
                                        i.trace(),
                                        i.delay()))
                                : call.proceed();
                    }
                    return result;
                }),
                Breakage.of("hands out rows before their time", AntiTest.BrokenInbox.class, "Q5", "Q6")
                        .row(call -> {
                            Object result = call.proceed();
                            return call.is("pending") && result instanceof List<?> l
                                    ? l.stream().map(i -> early((InboxItem) i)).toList()
                                    : result;
                        }),
                Breakage.of("counts no attempts", AntiTest.BrokenInbox.class, "Q14")
                        .row(call -> call.is("updateTurn")
                                ? call.proceedWith(call.argument(0, TurnRow.class)
                                        .attempts(
                                                1,
                                                call.argument(0, TurnRow.class).lastError()))
                                : call.proceed()),
                Breakage.of("gives a safe point new rows", AntiTest.BrokenInbox.class, "Q5", "Q10")
                        .row(call -> {
                            Object result = call.proceed();
                            return call.is("claimedBy") && result instanceof List<?> l
                                    ? l.stream()
                                            .filter(i ->
                                                    ((InboxItem) i).status().point() == 0)
                                            .toList()
                                    : result;
                        }),
                Breakage.of("shortens the answers to a cancel", AntiTest.BrokenInbox.class, "Q15")
                        .operation((call, whole) -> {
                            Object result = call.proceed();
                            return call.is(Inbox.class, "cancel") && result instanceof List<?> l && l.size() > 1
                                    ? l.subList(0, l.size() - 1)
                                    : result;
                        }));
    }

    private static InboxItem early(InboxItem i) {
        return new InboxItem(
                i.sequence(),
                i.session(),
                i.turn(),
                i.kind(),
                i.delivery(),
                i.content(),
                i.key(),
                i.context(),
                i.trace(),
                i.acceptedAt(),
                i.acceptedAt(),
                i.status());
    }

    private static Stream<Breakage> turns() {
        return Stream.of(
                Breakage.of("loses an answer", AntiTest.BrokenTurns.class, "T5", "T6")
                        .answering(WaitRow.class, w -> new WaitRow(w.open(), w.key(), null)),
                Breakage.of("forgets the gate", AntiTest.BrokenTurns.class, "T5", "T8")
                        .answering(TurnRow.class, t -> t.with(TurnRow.Gate.OPEN)),
                Breakage.of("lets a cancelled input wait again", AntiTest.BrokenTurns.class, "T8")
                        .row(call -> call.is("updateInbox")
                                        && call.argument(1, InboxItem.Status.class)
                                                        .state()
                                                == InboxItem.State.CLAIMED
                                        && call.argument(1, InboxItem.Status.class)
                                                        .error()
                                                != null
                                ? null
                                : call.proceed()));
    }

    private static Stream<Breakage> journals() {
        return Stream.of(
                Breakage.of("forgets that an effect started", AntiTest.BrokenJournal.class, "J8")
                        .row(call -> call.is("recordJournal")
                                        && !call.argument(2, JournalEntry.class).done()
                                ? true
                                : call.proceed()),
                Breakage.of("overwrites an outcome", AntiTest.BrokenJournal.class, "J3", "J8")
                        .row(call -> {
                            if (call.is("recordJournal")) {
                                JournalEntry entry = call.argument(2, JournalEntry.class);
                                Rows rows = (Rows) call.target();
                                String session = call.argument(0, String.class);
                                var turn = call.argument(1, dev.turnbuckle.session.TurnId.class);
                                List<JournalEntry> others = rows.journal(session, turn).stream()
                                        .filter(e -> !e.key().equals(entry.key()))
                                        .toList();
                                rows.deleteJournal(session, turn);
                                others.forEach(e -> rows.recordJournal(session, turn, e));
                            }
                            return call.proceed();
                        }),
                Breakage.of("takes the second answer", AntiTest.BrokenJournal.class, "J15", "J18")
                        .answering(WaitRow.class, w -> new WaitRow(w.open(), w.key(), null)));
    }
}
