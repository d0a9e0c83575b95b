package dev.turnbuckle.internal.engine;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.tool.ToolSpec;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What a turn asks of the outside: everything that is not a function of recorded state. */
public interface TurnPort {
    Environment environment();

    /** Durable when it returns, or the lease is lost (J3). */
    Journal.RecordResult record(List<JournalEntry> entries, List<Blob> blobs);

    /** A transaction for a tool to write in (J10). */
    SharedTransaction begin();

    /** Records in that transaction and commits it; what is not recorded is not committed. */
    Journal.RecordResult record(SharedTransaction transaction, List<JournalEntry> entries, List<Blob> blobs);

    Inbox.Steers claimSteers(int point);

    /** Whether the last {@link #record} found an input waiting that joins this turn. */
    boolean steered();

    /** The clock that deadlines are counted by, on every node: the store's. It rises as long as this drive lasts. */
    Instant storeNow();

    /** Answers a wait in the name of its deadline. */
    Decision expire(WaitId wait);

    Blob blob(String hash);

    /** The model of this name, or the agent's own when it is gone. */
    Model model(ModelSpec pinned);

    void publish(Activity activity);

    /** Whether the gate of this turn is known to be cancelled. */
    boolean cancelRequested();

    /** Raised when something that a waiting turn looks at may have changed: a cancel, an ended call. */
    Environment.Signal wake();

    /** Whether the runtime is closing or the lease is lost: start no further effect. */
    boolean draining();

    /** Whether what runs is to be given up now. */
    boolean stopping();

    /**
     * Takes a place among the calls of this tool; {@link AutoCloseable#close} gives it back.
     *
     * @return {@code null} when the turn was cancelled or must stop before there was one
     */
    @Nullable Place enter(ToolSpec tool) throws InterruptedException;

    /** Runs a performed effect inside a span; recalled effects make none. */
    <T> T spanned(String kind, String name, String key, Callable<T> body) throws Exception;

    /** Passes a seam (see {@link dev.turnbuckle.env.Probe}). */
    void seam(String name);

    interface Place extends AutoCloseable {
        @Override
        void close();
    }
}
