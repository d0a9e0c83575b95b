package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.CommitResult.Committed;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases.Grant;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.SessionStore.From;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.Turns.Started;
import dev.turnbuckle.store.plan.RowStorage.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** What the storage suites share: an opened storage on a manual clock, and the words that tests are written in. */
@Timeout(60)
public abstract class StorageContract {
    static final String AGENT = "agent";
    static final Duration TTL = Duration.ofSeconds(30);

    private int claimants;

    /** The clock that the storage was opened with. */
    final ManualClock clock = new ManualClock();

    /** Under test; opened. */
    Storage storage;

    /** Made for each test. */
    StorageFixture fixture;

    /** An empty store. */
    protected abstract StorageFixture fixture() throws Exception;

    @BeforeEach
    final void openStorage() throws Exception {
        fixture = fixture();
        storage = opened(Limits.DEFAULT);
    }

    @AfterEach
    final void closeStorage() {
        storage.close();
        fixture.close();
    }

    final Storage opened(Limits limits) {
        Storage opened = fixture.storage(limits);
        opened.open(clock);
        return opened;
    }

    final void reopen() {
        storage.close();
        storage = opened(Limits.DEFAULT);
    }

    final void tick(Duration duration) {
        fixture.tick(clock, duration);
    }

    // ---- doing

    final InboxItem accept(InputDraft draft) {
        return ((Inbox.Accepted.Row) storage.inbox().accept(draft.input())).item();
    }

    final InboxItem accept(String session, String turn, String text) {
        return accept(InputDraft.of(session, turn, text));
    }

    /** Somebody who never asked before. */
    final Claimant claimant() {
        claimants++;
        return new Claimant("worker-" + claimants, "incarnation-" + claimants, "token-" + claimants);
    }

    final Turns.Start tryStart(String session) {
        return storage.turns().start(new Turns.StartRequest(session, claimant(), TTL, Set.of(AGENT)));
    }

    final Started start(String session) {
        return ((Turns.Start.Go) tryStart(session)).started();
    }

    final Started acceptAndStart(String session, String turn, String text) {
        accept(session, turn, text);
        return start(session);
    }

    final CommitResult commit(CommitDraft draft) {
        return storage.sessions().commit(draft.commit());
    }

    final Committed committed(CommitDraft draft) {
        return (Committed) commit(draft);
    }

    /** One whole turn: a question and its answer. */
    final Committed turn(String session, String turn, String question, String answer) {
        return committed(CommitDraft.of(acceptAndStart(session, turn, question)).says(question, answer));
    }

    /** The lease goes to somebody else, as after a crash. */
    final Lease takeOver(Lease lease) {
        tick(Duration.between(clock.now(), lease.expiresAt()).plusSeconds(1));
        Grant grant = storage.leases().acquire(lease.scope(), claimant(), TTL);
        return ((Grant.Granted) grant).lease();
    }

    /** Gives a turn back as a driver that failed. */
    static Turns.Handback failed(String error, Duration pause) {
        return new Turns.Handback(error, pause, true, Duration.ZERO);
    }

    // ---- looking

    final long revision(String session) {
        return storage.sessions().find(session).orElseThrow().head().revision();
    }

    final List<String> texts(String session, From from) {
        return storage.sessions().path(session, from).stream()
                .map(e -> e.message().text())
                .toList();
    }

    final List<String> texts(String session) {
        return texts(session, From.root());
    }

    final InboxItem inbox(InboxItem row) {
        return storage.inbox()
                .find(row.session(), new Inbox.Ref.Sequence(row.sequence()))
                .orElseThrow();
    }

    final InboxItem.State stateOf(InboxItem row) {
        return inbox(row).status().state();
    }

    static Scope scope(String session) {
        return Scope.session(session);
    }

    static String textOf(InboxItem row) {
        return dev.turnbuckle.internal.codec.Json.read(row.content(), InboxItem.Content.class)
                .message()
                .text();
    }

    static Message assistant(String text) {
        return CommitDraft.assistant(text);
    }

    /** "Nothing changes": every row before equals every row after. */
    final <T> T changingNothing(Supplier<T> call) {
        var before = fixture.dump();
        try {
            return call.get();
        } finally {
            assertThat(fixture.dump()).isEqualTo(before);
        }
    }

    /** Runs the calls at the same moment on real threads; their results in order. */
    static <T> List<T> atOnce(List<Callable<T>> calls) throws InterruptedException {
        var barrier = new CyclicBarrier(calls.size());
        var futures = new ArrayList<Future<T>>();
        var results = new ArrayList<T>();
        try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
            for (Callable<T> call : calls) {
                futures.add(threads.submit(() -> {
                    barrier.await();
                    return call.call();
                }));
            }
            for (Future<T> future : futures) {
                results.add(future.get());
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a concurrent call failed", e.getCause());
        }
        return results;
    }
}
