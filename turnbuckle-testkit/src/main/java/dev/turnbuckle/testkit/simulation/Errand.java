package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.tool.EffectClass;
import dev.turnbuckle.tool.OnUnknown;

/** The tools of the simulated agents, one for each way in which the runtime must treat a call. */
enum Errand {
    LOOK("look", EffectClass.READ, OnUnknown.TELL_MODEL, false),
    PUT("put", EffectClass.IDEMPOTENT, OnUnknown.TELL_MODEL, false),
    /** Sends an input to a session, with the turn's commit. */
    TELL("tell", EffectClass.IDEMPOTENT, OnUnknown.TELL_MODEL, false),
    BOOK("book", EffectClass.ONCE, OnUnknown.TELL_MODEL, false),
    RING("ring", EffectClass.ONCE, OnUnknown.ASK_HUMAN, false),
    BET("bet", EffectClass.ONCE, OnUnknown.FAIL_TURN, false),
    PAY("pay", EffectClass.ONCE, OnUnknown.TELL_MODEL, true);

    private final String tool;
    private final EffectClass effectClass;
    private final OnUnknown onUnknown;
    private final boolean approved;

    Errand(String tool, EffectClass effectClass, OnUnknown onUnknown, boolean approved) {
        this.tool = tool;
        this.effectClass = effectClass;
        this.onUnknown = onUnknown;
        this.approved = approved;
    }

    static Errand named(String tool) {
        return valueOf(tool.toUpperCase(java.util.Locale.ROOT));
    }

    String tool() {
        return tool;
    }

    EffectClass effectClass() {
        return effectClass;
    }

    OnUnknown onUnknown() {
        return onUnknown;
    }

    boolean once() {
        return effectClass == EffectClass.ONCE;
    }

    /** Whether a person must approve each call. */
    boolean approved() {
        return approved;
    }
}
