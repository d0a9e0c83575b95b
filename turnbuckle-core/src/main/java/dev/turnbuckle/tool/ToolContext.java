package dev.turnbuckle.tool;

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

    /** State as it was when the call began, with this call's own changes. */
    <S> S state(StateKey<S> key);

    /**
     * Changes durable state. The change is part of the call's recorded outcome: a recovered turn has it without running
     * the body (J4).
     *
     * @param change a pure function; it is applied again when the call ends, to the state as it is then
     */
    <S> void update(StateKey<S> key, UnaryOperator<S> change);
}
