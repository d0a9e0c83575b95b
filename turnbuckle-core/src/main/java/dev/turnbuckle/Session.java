package dev.turnbuckle;

import dev.turnbuckle.env.HostTransaction;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.internal.codec.Schemas;
import dev.turnbuckle.internal.worker.Tracing;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.live.Observation;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.Command;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.MoveResult;
import dev.turnbuckle.session.Page;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.SessionView;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Move;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.tool.Describe;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Address of one durable conversation. Thread-safe, cheap, valid as long as its {@link Turnbuckle}; does no I/O by itself. */
public final class Session {
    /** How often an observation is taken anew because the session has committed meanwhile. */
    private static final int LOOKS = 1_000;

    private final Turnbuckle turnbuckle;
    private final String id;
    private final @Nullable String agent;

    Session(Turnbuckle turnbuckle, String id, @Nullable String agent) {
        this.turnbuckle = turnbuckle;
        this.id = id;
        this.agent = agent;
    }

    public String id() {
        return id;
    }

    /**
     * Sends, waits for the end, returns the answer's text.
     *
     * @throws dev.turnbuckle.error.NoAnswerException when the turn ended in another way; it says how
     */
    public String ask(String text) {
        return send(text).await().text();
    }

    /** Sends, waits, returns the answer as a value of this type. */
    public <T> T ask(String text, Class<T> type) {
        return send(Input.text(text).answer(type)).await().value(type);
    }

    public Turn send(String text) {
        return send(Input.text(text));
    }

    /**
     * Accepts the input: it is on disk when this returns, and a worker drives it.
     *
     * @throws InvalidInputException when its key was used with other content, or a limit is exceeded
     * @throws dev.turnbuckle.error.SessionDeletedException when the session was deleted
     */
    public Turn send(Input input) {
        String agent = runs(store());
        return new Turn(turnbuckle, this, accept(input, agent, delivery(agent)));
    }

    /**
     * Sends in a transaction of the application's: the input exists exactly if that is committed (Q7). The turn can be
     * awaited once it is; a worker finds the input as it finds those of other nodes.
     *
     * @param transaction made by the storage's module, such as {@code JdbcTransaction.of(connection)}
     * @throws dev.turnbuckle.error.WiringException when the storage is not in a database that the application can share
     * @throws dev.turnbuckle.error.StorageException when the database refused; the transaction can only be rolled back
     */
    public Turn send(HostTransaction transaction, Input input) {
        Storage joined = turnbuckle.node().storage().within(transaction);
        String agent = runs(joined.sessions());
        return new Turn(turnbuckle, this, accepted(joined, newInput(input, agent, delivery(agent))));
    }

    private InboxItem.Delivery delivery(String agent) {
        var registered = turnbuckle.node().agents().get(agent);
        boolean supersedes = registered != null && registered.newInputSupersedesWaits();
        return supersedes ? InboxItem.Delivery.SUPERSEDE : InboxItem.Delivery.NEXT_TURN;
    }

    Turn.Sent accept(Input input, InboxItem.Delivery delivery) {
        return accept(input, runs(store()), delivery);
    }

    /** The agent that this session runs, or will: the named one, else the stored one. */
    private String runs(SessionStore sessions) {
        if (agent != null) {
            if (!turnbuckle.knows(agent)) {
                throw nobody(agent);
            }
            return agent;
        }
        return row(sessions)
                .map(SessionRow::agent)
                .orElseThrow(() -> new InvalidInputException("session \"" + id
                        + "\" does not exist yet, and there are several agents or none: name the one that it shall run, "
                        + "session(id, agent)"));
    }

    private static InvalidInputException nobody(String agent) {
        return new InvalidInputException(
                "no agent is named \"" + agent
                        + "\" here, so nobody would answer; register it, or name it with remoteAgent(…) when other nodes run it");
    }

    private Turn.Sent accept(Input input, String agent, InboxItem.Delivery delivery) {
        return accepted(newInput(input, agent, delivery));
    }

    private Inbox.NewInput newInput(Input input, String agent, InboxItem.Delivery delivery) {
        var content = new InboxItem.Content(Message.of(Message.Role.USER, input.parts()), schema(input.answerType()));
        return new Inbox.NewInput(
                id,
                agent,
                newTurn(),
                InboxItem.Kind.USER,
                delivery,
                Json.write(content),
                input.key(),
                input.context(),
                Tracing.current(),
                input.delay(),
                input.attachments().stream()
                        .map(a -> new Blob(a.ref().digest(), a.bytes()))
                        .toList(),
                turnbuckle.node().share(input.context()));
    }

    private Turn.Sent accepted(Inbox.NewInput input) {
        var node = turnbuckle.node();
        Turn.Sent sent = accepted(node.storage(), input);
        if (!sent.existing()) {
            node.live().append(id, new Activity.InboxChanged(sent.sequence(), sent.id(), "accepted"));
        }
        turnbuckle.worker().offer(id);
        return sent;
    }

    private Turn.Sent accepted(Storage storage, Inbox.NewInput input) {
        var node = turnbuckle.node();
        if (node.closed()) {
            throw new ClosedException("the runtime is closed and accepts nothing; open another one");
        }
        Cursor before = node.live().mark(id);
        return switch (storage.inbox().accept(input)) {
            case Inbox.Accepted.KeyConflict conflict ->
                throw new InvalidInputException("the idempotency key \"" + input.key() + "\" was used in session \""
                        + id
                        + "\" for other content (turn " + conflict.existing().turn() + ", content "
                        + conflict.existingHash().substring(0, 12) + ", now "
                        + conflict.offeredHash().substring(0, 12)
                        + "); use a new key for new content");
            case Inbox.Accepted.Row row ->
                new Turn.Sent(row.item().turn(), row.item().sequence(), row.existing(), row.open(), before);
        };
    }

    /**
     * Queues a change of the session behind what was sent before (Q1): the returned turn ends, with an empty answer, when
     * it was made.
     */
    public Turn command(Command command) {
        return new Turn(turnbuckle, this, accepted(draft(InboxItem.Kind.COMMAND, Json.write(command))));
    }

    private Inbox.NewInput draft(InboxItem.Kind kind, String content) {
        return new Inbox.NewInput(
                id,
                runs(store()),
                newTurn(),
                kind,
                InboxItem.Delivery.NEXT_TURN,
                content,
                null,
                Map.of(),
                Tracing.current(),
                Duration.ZERO);
    }

    /**
     * Adds to the history without a turn: a conversation that began elsewhere, a greeting (T7). A session that does not
     * exist is made.
     *
     * @throws InvalidInputException when a tool call among the messages has no result, or a result no call: no model
     *     would accept that
     */
    public MoveResult append(List<Message> messages) {
        Conversations.requireWhole(messages);
        return move(Commit.History.append(messages), false);
    }

    /**
     * History begins anew on a root branch of its own, and what tools and plugins remembered is left behind; nothing is
     * deleted (T7, S6). At once, and refused while a turn is open; {@link #command} waits for its end instead.
     */
    public MoveResult startOver() {
        return move(new Commit.History(Commit.Position.ROOT, List.of(), null), true);
    }

    private MoveResult move(Commit.History history, boolean clearState) {
        var node = turnbuckle.node();
        var claimant = new Claimant(
                node.options().name(),
                node.storage().traits().incarnation(),
                node.environment().id());
        Move.Done done = store().move(new Move(id, runs(store()), newTurn(), claimant, history, clearState));
        if (done.result() instanceof MoveResult.Moved(long revision)) {
            node.live()
                    .append(
                            id,
                            new Activity.Committed(revision, history.entries().size()));
        }
        return done.result();
    }

    private TurnId newTurn() {
        return new TurnId("t-" + turnbuckle.node().environment().id());
    }

    /**
     * Sends once more what a turn died of that could not be driven to an end (Q14).
     *
     * @param by who asks, kept with the dead input
     * @return the turn that the input opens now
     * @throws InvalidInputException when this turn's input is not dead
     */
    public Turn retry(TurnId dead, String by) {
        var node = turnbuckle.node();
        Cursor before = node.live().tail(id, -1).cursor();
        var answer = node.storage().inbox().retry(id, new Inbox.Ref.Turn(dead), newTurn(), by);
        if (!(answer instanceof Inbox.DeadAnswer.Retried(InboxItem item))) {
            throw notDead(dead, answer);
        }
        node.live().append(id, new Activity.InboxChanged(item.sequence(), item.turn(), "accepted"));
        turnbuckle.worker().offer(id);
        return new Turn(turnbuckle, this, new Turn.Sent(item.turn(), item.sequence(), false, null, before));
    }

    /**
     * Gives up what a turn died of (Q14).
     *
     * @throws InvalidInputException when this turn's input is not dead
     */
    public void drop(TurnId dead, String by) {
        var answer = turnbuckle.node().storage().inbox().drop(id, new Inbox.Ref.Turn(dead), by);
        if (!(answer instanceof Inbox.DeadAnswer.Dropped)) {
            throw notDead(dead, answer);
        }
    }

    private InvalidInputException notDead(TurnId turn, Inbox.DeadAnswer answer) {
        String how = answer instanceof Inbox.DeadAnswer.NotDead(InboxItem item)
                ? "is " + item.status().state().name().toLowerCase(Locale.ROOT)
                : "is not known";
        return new InvalidInputException("the input of turn " + turn + " in session \"" + id + "\" " + how
                + ", not dead; only an input whose turn failed again and again can be retried or dropped");
    }

    static @Nullable String schema(@Nullable Class<?> type) {
        return type == null ? null : Schemas.ofType(type, Describe.class, a -> ((Describe) a).value());
    }

    /** The address of a turn whose id was kept. */
    public Turn turn(TurnId turn) {
        return new Turn(turnbuckle, this, Turn.Sent.known(turn));
    }

    /** The turn that runs or waits now. */
    public Optional<Turn> running() {
        return row().map(SessionRow::openTurn).map(this::turn);
    }

    /** Settled state; empty at revision 0 for a session that does not exist yet. */
    public SessionView view() {
        while (true) {
            SessionRow row = row().orElse(null);
            if (row == null) {
                return new SessionView(id, agent == null ? "" : agent, 0, List.of(), null);
            }
            Optional<List<Entry>> entries = upTo(row.head(), store().path(id, SessionStore.From.root()));
            if (entries.isPresent()) {
                return new SessionView(id, row.agent(), row.head().revision(), entries.get(), row.openTurn());
            }
        }
    }

    /** Without what was committed between the two readings; empty when the path does not lead over this head any more. */
    private static Optional<List<Entry>> upTo(SessionRow.Head head, List<Entry> path) {
        int length = head.depth() == 0 ? 0 : path.size();
        while (length > 0 && !path.get(length - 1).chain().equals(head.chain())) {
            length--;
        }
        return length == 0 && head.depth() > 0 ? Optional.empty() : Optional.of(path.subList(0, length));
    }

    /** Newest first. */
    public Page<TurnSummary> turns(PageRequest page) {
        Page<TurnRow> rows = turnbuckle.node().storage().turns().list(id, page);
        return new Page<>(rows.items().stream().map(TurnRow::summary).toList(), rows.next());
    }

    /** What still waits, in order; {@code all} includes what is claimed and what is finished (Q4). */
    public List<InboxItem> inbox(boolean all) {
        var states = all ? EnumSet.allOf(InboxItem.State.class) : EnumSet.of(InboxItem.State.PENDING);
        return turnbuckle.node().storage().inbox().list(id, states);
    }

    /** Cancels inputs that no turn has claimed yet (Q15); one answer each, in order. */
    public List<Inbox.CancelAnswer> cancelInputs(List<Inbox.Ref> inputs) {
        var node = turnbuckle.node();
        List<Inbox.CancelAnswer> answers = node.storage().inbox().cancel(id, inputs);
        for (Inbox.CancelAnswer answer : answers) {
            if (answer instanceof Inbox.CancelAnswer.Cancelled(var item)) {
                node.live().append(id, new Activity.InboxChanged(item.sequence(), item.turn(), "cancelled"));
                node.ends().changed(new Turns.TurnRef(id, item.turn()));
            }
        }
        return answers;
    }

    /** Answers everything that the session waits for as cancelled; it stays usable (J18). @return how many there were */
    public int cancelWaits(String by) {
        int cancelled = turnbuckle.node().storage().journal().cancelWaits(id, by);
        turnbuckle.worker().offer(id);
        return cancelled;
    }

    /** Tokens of all its turns. */
    public Usage usage() {
        return store().usage(id);
    }

    /**
     * View, cursor and the open turn's items, taken as one (O13): what follows the cursor continues exactly from it.
     *
     * @throws StorageException {@code live_ahead} when the live replay has commits that the store lacks, as after a
     *     restore that left the live replay as it was
     */
    public Observation observe() {
        LiveReplay live = turnbuckle.node().live();
        SessionView view = view();
        LiveReplay.Tail tail = live.tail(id, view.revision());
        for (int i = 0; i < LOOKS && tail.cursor().revision() != view.revision(); i++) { // committed between the two
            view = view();
            tail = live.tail(id, view.revision());
        }
        if (tail.cursor().revision() != view.revision()) {
            throw StorageException.rewire(
                    "live_ahead",
                    "the live events of session \"" + id + "\" are at revision "
                            + tail.cursor().revision() + ", the store is at " + view.revision()
                            + ": was it restored from a backup? Empty the live replay's tables",
                    null);
        }
        return new Observation(view, tail.cursor(), tail.open());
    }

    /** Everything from now on. Close it. */
    public Events events() {
        return new Events(this, turnbuckle, observe().cursor(), null);
    }

    /**
     * Everything after a cursor; a gap is an item with a fresh observation, never an exception (O15).
     *
     * @throws InvalidInputException when the cursor is of another session
     */
    public Events events(Cursor after) {
        if (!after.session().equals(id)) {
            throw new InvalidInputException(
                    "the cursor is of session \"" + after.session() + "\", not of \"" + id + "\"");
        }
        return new Events(this, turnbuckle, after, null);
    }

    /** {@link #events()} for reactive readers; each subscriber reads for itself, from when it subscribed. */
    public Flow.Publisher<SessionEvent> publisher() {
        return new EventPublisher(turnbuckle.node().environment(), this::events);
    }

    /** Deletes it for good; its id is never used again (S3). @return whether it existed */
    public boolean delete() {
        boolean existed = store().delete(id);
        if (existed) {
            turnbuckle.node().live().end(id, "deleted");
            turnbuckle.node().ends().changed(id);
        }
        return existed;
    }

    private Optional<SessionRow> row() {
        return row(store());
    }

    private Optional<SessionRow> row(SessionStore sessions) {
        Optional<SessionRow> row = sessions.find(id);
        if (row.isPresent() && row.get().deleted()) {
            throw new dev.turnbuckle.error.SessionDeletedException(id);
        }
        return row;
    }

    private SessionStore store() {
        return turnbuckle.node().storage().sessions();
    }

    @Override
    public String toString() {
        return "session " + id;
    }
}
