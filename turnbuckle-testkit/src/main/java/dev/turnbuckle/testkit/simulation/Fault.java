package dev.turnbuckle.testkit.simulation;

import java.util.List;
import java.util.stream.Stream;

/** What can go wrong, and where it strikes. */
enum Fault {
    KILLED_BEFORE(Where.CALL, "killed before"),
    KILLED_AFTER(Where.CALL, "killed after"),
    STOPPED_BEFORE(Where.CALL, "stopped before"),
    STOPPED_AFTER(Where.CALL, "stopped after"),
    REFUSED(Where.CALL, "no connection for"),
    LOST(Where.CALL, "lost the answer of"),
    SLOW(Where.CALL, "slow"),

    MODEL_RATE_LIMITED(Where.MODEL, "model rate limited"),
    MODEL_REFUSED(Where.MODEL, "model refused"),
    MODEL_BROKE(Where.MODEL, "model broke off in mid-stream"),
    MODEL_UNFINISHED(Where.MODEL, "model ended without an answer"),
    MODEL_SLOW(Where.MODEL, "model slow"),
    MODEL_KILLED(Where.MODEL, "killed in a model call"),
    MODEL_STOPPED(Where.MODEL, "stopped in a model call"),

    TOOL_THREW(Where.BODY, "tool threw"),
    TOOL_SLOW(Where.BODY, "tool slow"),
    TOOL_HUNG(Where.BODY, "tool hung"),
    TOOL_DEAF(Where.BODY, "tool ignored its interrupt"),
    TOOL_KILLED_AT_START(Where.BODY, "killed at the start of a body"),
    TOOL_KILLED_AT_END(Where.BODY, "killed at the end of a body"),
    TOOL_STOPPED(Where.BODY, "stopped in a body"),

    KILLED(Where.PROCESS, "killed"),
    STOPPED(Where.PROCESS, "stopped"),
    DRAINED(Where.PROCESS, "drained"),
    NODE_CLOCK(Where.PROCESS, "clock of a node jumped"),
    STORE_CLOCK(Where.PROCESS, "clock of the store jumped");

    enum Where {
        /** At a call of the store. */
        CALL,
        /** While a model is asked. */
        MODEL,
        /** While a tool's body runs. */
        BODY,
        /** At any time. */
        PROCESS;

        List<Fault> faults() {
            return Stream.of(Fault.values()).filter(f -> f.where == this).toList();
        }
    }

    private final Where where;
    private final String told;

    Fault(Where where, String told) {
        this.where = where;
        this.told = told;
    }

    Where where() {
        return where;
    }

    /** In words, for traces and the names of counters. */
    String told() {
        return told;
    }
}
