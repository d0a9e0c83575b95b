package dev.turnbuckle.store.plan;

import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.store.plan.RowGroups.OfJournal.AtOnce;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Effects and waits over rows. */
final class RowJournal implements Journal {
    private final Transactions transactions;
    private final RowBlobs blobs;

    RowJournal(Transactions transactions, RowBlobs blobs) {
        this.transactions = transactions;
        this.blobs = blobs;
    }

    @Override
    public RecordResult record(Lease lease, TurnId turn, List<JournalEntry> entries, List<Blob> extra) {
        var stored = blobs.encoded(extra);
        return transactions.write(rows -> {
            String session = lease.scope().id();
            AtOnce written = stored.isEmpty() ? rows.recordAtOnce(lease, turn, entries) : null;
            if (written != null) {
                return new RecordResult.Recorded(List.of(), written.cancelRequested(), written.steered());
            }
            rows.ahead(Ahead.of(session)
                    .turn(session, turn)
                    .with(Ahead.Part.LOCK_ONLY, Ahead.Part.LEASE, Ahead.Part.STEERS)
                    .effects(entries.stream().map(JournalEntry::key).toList()));
            String lost = RowStorage.lost(rows, lease);
            if (lost != null) {
                return new RecordResult.LeaseLost(lost);
            }
            TurnRow row = rows.turn(session, turn);
            if (row == null || row.state() != TurnSummary.State.RUNNING) {
                return new RecordResult.LeaseLost("turn is not running");
            }
            stored.forEach(rows::putBlob);
            return new RecordResult.Recorded(
                    write(rows, session, turn, entries), row.gate().cancelled(), RowInbox.steered(rows, session));
        });
    }

    /** Insert if absent, complete if only started; what was complete already is returned. */
    static List<JournalEntry> write(Rows rows, String session, TurnId turn, List<JournalEntry> entries) {
        var existing = new ArrayList<JournalEntry>();
        for (JournalEntry entry : entries) {
            if (!rows.recordJournal(session, turn, entry)) {
                JournalEntry there = rows.journalEntry(session, turn, entry.key());
                if (there != null) {
                    existing.add(there);
                }
            }
        }
        return existing;
    }

    @Override
    public List<JournalEntry> read(String session, TurnId turn) {
        return transactions.read(rows -> rows.journal(session, turn));
    }

    @Override
    public Optional<WaitRow> findWait(WaitId id) {
        return Optional.ofNullable(transactions.<@Nullable WaitRow>read(rows -> rows.wait(id)));
    }

    @Override
    public List<OpenWait> openWaits(Optional<String> session, int most) {
        return transactions.read(rows -> rows.openWaits(session.orElse(null), most));
    }

    @Override
    public Optional<Decision> resolve(WaitId id, Decision.Answer answer, String by) {
        return transactions.write(rows -> {
            WaitRow row = rows.wait(id);
            if (row == null) {
                return Optional.empty();
            }
            Decision before = row.decision();
            if (before != null) {
                return Optional.of(new Decision(id, before.answer(), before.by(), before.at(), false));
            }
            return Optional.of(decide(rows, row, answer, by));
        });
    }

    private static Decision decide(Rows rows, WaitRow row, Decision.Answer answer, String by) {
        var decision = new Decision(row.open().id(), answer, by, rows.now(), true);
        rows.decideWait(row.open().id(), decision);
        wake(rows, row.open().session(), row.open().turn());
        return decision;
    }

    /** Answers what the turn waits for in the name of a new input (T6). */
    static void supersede(Rows rows, String session, TurnId turn) {
        for (WaitRow row : rows.waits(session, turn)) {
            if (row.decision() == null) {
                decide(rows, row, Decision.Answer.of(Decision.Verdict.SUPERSEDED), "a new input");
            }
        }
    }

    /** Makes a suspended turn ready (T5). */
    static void wake(Rows rows, String sessionId, TurnId turn) {
        SessionRow session = rows.session(sessionId);
        TurnRow open = session == null ? null : RowStorage.openTurn(rows, session);
        if (session != null && open != null && open.id().equals(turn) && open.state() == TurnSummary.State.SUSPENDED) {
            var t = open.times();
            TurnRow ready = open.with(new TurnRow.Times(t.openedAt(), t.driven(), rows.now(), null));
            rows.updateTurn(ready);
            RowStorage.settleWork(rows, session, ready, null);
        }
    }

    @Override
    public int cancelWaits(String session, String by) {
        return transactions.write(rows -> {
            var open = rows.openWaits(session, Integer.MAX_VALUE);
            for (OpenWait wait : open) {
                WaitRow row = rows.wait(wait.id());
                if (row != null) {
                    decide(rows, row, Decision.Answer.of(Decision.Verdict.CANCELLED), by);
                }
            }
            return open.size();
        });
    }
}
