package dev.turnbuckle.tool;

import dev.turnbuckle.env.HostTransaction;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.TurnId;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What a running call may use. Valid until its body returns; thread-safe. */
public interface ToolContext {
    String session();

    TurnId turn();

    /** The same for every attempt of this call, also on another node: a hash of session, turn and position (J1). */
    String idempotencyKey();

    /** A value of the input's durable context. */
    Optional<String> context(String name);

    /** Whether somebody cancelled the turn; a body that polls it can end early. Its thread is interrupted too. */
    boolean cancelled();

    /** Shown to observers; the last few are part of the recorded outcome. */
    void progress(String text);

    /** The time, as it will be recorded with this call. */
    Instant now();

    /** A new id, as it will be recorded with this call. */
    String newId();

    /**
     * A transaction on the database that the application shares with the storage; this call's outcome is recorded in it
     * (J10). What the body writes in it exists exactly if the outcome does: it is committed after the body has returned,
     * and rolled back when it threw, was cancelled, or another node has taken the turn. So a body that writes nowhere
     * else may run again: such a tool is {@link EffectClass#IDEMPOTENT}. The same transaction for the whole call; on
     * PostgreSQL a {@code JdbcTransaction}. The body neither ends nor keeps it.
     *
     * @throws WiringException when the storage is not in a database that the application can share
     */
    default HostTransaction transaction() {
        throw new WiringException("there is no storage here whose transaction a tool could write in");
    }

    /** State as it was when the call began, with this call's own changes. */
    <S> S state(StateKey<S> key);

    /**
     * Changes durable state. The change is part of the call's recorded outcome: a recovered turn has it without running
     * the body (J4).
     *
     * @param change a pure function; it is applied again when the call ends, to the state as it is then
     */
    <S> void update(StateKey<S> key, UnaryOperator<S> change);

    /**
     * Adds a file to the call's result: the model sees it beside the text, in this turn and in later ones. Part of the
     * recorded outcome (J4).
     *
     * @param mediaType as in {@code image/png}; what a model takes is its vendor's
     * @throws dev.turnbuckle.error.InvalidInputException when it is too large or not named
     */
    Part.AttachmentRef attach(String name, String mediaType, byte[] bytes);

    /**
     * Sends an input to a session, this one or another, with the turn's commit: it exists exactly if the call ended and
     * the turn committed. With a delay it is a timer. What is sent to a deleted session is dropped, and the commit says
     * so (S4). A new session runs this session's agent. What the store refuses (a key of other content, too many bytes)
     * ends the turn as failed, with the reason, and nothing is sent (T12).
     *
     * @return the id of the turn that the input opens
     * @throws dev.turnbuckle.error.InvalidInputException when the id is not one (S1), or the input asks for an answer
     *     type: nobody waits for it
     */
    TurnId send(String session, Input input);
}
