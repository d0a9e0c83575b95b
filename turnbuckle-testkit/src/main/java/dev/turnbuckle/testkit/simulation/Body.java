package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.session.TurnId;
import org.jspecify.annotations.Nullable;

/** One start of a tool's body. */
final class Body {
    final int number;
    final Errand errand;
    final String session;
    final TurnId turn;
    final String task;
    final String idempotencyKey;

    /** The life of a node that it runs in. */
    final String node;

    /** What it returned or threw; {@code null} while it runs, and for ever when its process died. */
    @Nullable String ended;

    /** Name of the input that it sent. */
    @Nullable String sent;

    Body(int number, Errand errand, String session, TurnId turn, String task, String idempotencyKey, String node) {
        this.number = number;
        this.errand = errand;
        this.session = session;
        this.turn = turn;
        this.task = task;
        this.idempotencyKey = idempotencyKey;
        this.node = node;
    }

    String result() {
        return "ok " + task + " r" + number;
    }

    String boom() {
        return "boom " + task + " r" + number;
    }

    /** What it leaves in the session's durable state. */
    String trace() {
        return task + "#" + number;
    }

    @Override
    public String toString() {
        return errand.tool() + "(" + task + ") r" + number;
    }
}
