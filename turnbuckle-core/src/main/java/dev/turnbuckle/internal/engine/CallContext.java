package dev.turnbuckle.internal.engine;

import dev.turnbuckle.env.HostTransaction;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.session.Attachment;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.SessionId;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.tool.StateKey;
import dev.turnbuckle.tool.ToolContext;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What one attempt of a call sees and leaves; dead once its body was given up. Thread-safe. */
final class CallContext implements ToolContext {
    /** How many of the last progress notes are part of the outcome. */
    static final int KEPT_PROGRESS = 8;

    /** What is shown of one progress note. */
    static final int MAX_PROGRESS_CHARS = 2_000;

    /** Bound of the values and state changes of one call. */
    static final int MAX_NOTES = 1_000;

    private final TurnPort port;
    private final TurnFacts facts;
    private final TurnState state;
    private final String key;
    private final UnaryOperator<String> redaction;
    private final List<TurnState.Pending<?>> changes = new ArrayList<>();
    private final List<String> values = new ArrayList<>();
    private final Deque<String> progress = new ArrayDeque<>();
    private final List<Attachment> files = new ArrayList<>();
    private final List<Outcomes.Send> sends = new ArrayList<>();
    private final List<Blob> sentBytes = new ArrayList<>();
    private @Nullable SharedTransaction transaction;
    private long attached;
    private boolean closed;

    CallContext(TurnPort port, TurnFacts facts, TurnState state, String key, UnaryOperator<String> redaction) {
        this.redaction = redaction;
        this.port = port;
        this.facts = facts;
        this.state = state;
        this.key = key;
    }

    @Override
    public String session() {
        return facts.session();
    }

    @Override
    public TurnId turn() {
        return facts.turn();
    }

    @Override
    public String idempotencyKey() {
        return facts.idempotencyKey(key);
    }

    @Override
    public Optional<String> context(String name) {
        return Optional.ofNullable(facts.context().get(name));
    }

    @Override
    public boolean cancelled() {
        return port.cancelRequested();
    }

    @Override
    public synchronized void progress(String note) {
        if (closed) {
            return;
        }
        String clean = redaction.apply(note);
        String text = clean.length() <= MAX_PROGRESS_CHARS ? clean : clean.substring(0, MAX_PROGRESS_CHARS) + "…";
        if (progress.size() == KEPT_PROGRESS) {
            progress.removeFirst();
        }
        progress.addLast(text);
        port.publish(new Activity.ToolProgress(facts.turn(), key, text));
    }

    @Override
    public Instant now() {
        Instant now = port.environment().now();
        note("now " + now);
        return now;
    }

    @Override
    public String newId() {
        String id = port.environment().id();
        note("id " + id);
        return id;
    }

    private synchronized void note(String value) {
        requireRoom(values.size());
        values.add(value);
    }

    @Override
    public <S> S state(StateKey<S> name) {
        state.load(name);
        synchronized (this) {
            return state.read(name, List.copyOf(changes));
        }
    }

    @Override
    public synchronized <S> void update(StateKey<S> name, UnaryOperator<S> change) {
        requireOpen();
        requireRoom(changes.size());
        changes.add(new TurnState.Pending<>(name, change));
    }

    @Override
    public Part.AttachmentRef attach(String name, String mediaType, byte[] bytes) {
        Attachment file = Attachment.of(name, mediaType, bytes);
        synchronized (this) {
            requireOpen();
            requireRoom(files.size());
            requireBytes(bytes.length);
            files.add(file);
        }
        return file.ref();
    }

    @Override
    public TurnId send(String session, Input input) {
        SessionId.require(session);
        if (input.answerType() != null) {
            throw new InvalidInputException("what a tool sends cannot ask for an answer type: nobody waits for it");
        }
        var turn = new TurnId("t-" + port.environment().id());
        List<Part> parts = input.parts().stream().map(this::redacted).toList();
        var content = Json.write(new InboxItem.Content(Message.of(Message.Role.USER, parts), null));
        var context = input.context().isEmpty() ? facts.context() : input.context();
        synchronized (this) {
            requireOpen();
            requireRoom(sends.size());
            files(input);
            sends.add(new Outcomes.Send(
                    session, turn, content, input.key(), context, input.delay().toMillis()));
        }
        return turn;
    }

    private Part redacted(Part part) {
        return part instanceof Part.Text text ? new Part.Text(redaction.apply(text.text())) : part;
    }

    /** Bytes of what is sent are recorded with the outcome, not shown to the model. */
    private void files(Input input) {
        requireBytes(input.attachments().stream().mapToLong(a -> a.ref().size()).sum());
        input.attachments().forEach(a -> sentBytes.add(new Blob(a.ref().digest(), a.bytes())));
    }

    private void requireBytes(long more) {
        if (attached + more > Input.MAX_ATTACHED_BYTES) {
            throw new InvalidInputException("what one call attaches and sends is limited to " + Input.MAX_ATTACHED_BYTES
                    + " bytes together; this makes it " + (attached + more));
        }
        attached += more;
    }

    @Override
    public synchronized HostTransaction transaction() {
        requireOpen();
        if (transaction == null) {
            transaction = port.begin();
        }
        return transaction.host();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the call " + key + " has ended; its context changes nothing any more");
        }
    }

    private void requireRoom(int used) {
        if (used >= MAX_NOTES) {
            throw new IllegalStateException("one call may change state, take values, attach files or send at most "
                    + MAX_NOTES + " times each");
        }
    }

    /** Ends the call: nothing is accepted afterwards. */
    synchronized Left close() {
        closed = true;
        return new Left(
                List.copyOf(changes),
                List.copyOf(values),
                List.copyOf(progress),
                List.copyOf(files),
                List.copyOf(sends),
                List.copyOf(sentBytes),
                transaction);
    }

    /**
     * @param sentBytes what the sends refer to
     * @param transaction that the body has written in; whoever takes this ends it
     */
    record Left(
            List<TurnState.Pending<?>> changes,
            List<String> values,
            List<String> progress,
            List<Attachment> files,
            List<Outcomes.Send> sends,
            List<Blob> sentBytes,
            @Nullable SharedTransaction transaction) {
        static final Left NOTHING = new Left(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), null);

        void rollback() {
            if (transaction != null) {
                transaction.close();
            }
        }

        List<Blob> blobs() {
            var blobs = new ArrayList<>(sentBytes);
            files.forEach(f -> blobs.add(new Blob(f.ref().digest(), f.bytes())));
            return blobs;
        }
    }
}
