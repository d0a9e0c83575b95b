package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.TurnId;

/**
 * Holds one group of rules, from its own idea of what happened: it sees what the store performed and what bodies and
 * models were started, and shares no code with what it checks. Called one at a time, never while time passes.
 */
abstract class Checker {
    private final String name;
    private final Referee referee;

    Checker(String name, Referee referee) {
        this.name = name;
        this.referee = referee;
    }

    String name() {
        return name;
    }

    /** A call was performed by the store. */
    void seen(Seen call) {}

    void bodyStarted(Body body) {}

    void modelAsked(Asked asked) {}

    /** What an observer got; {@code fresh} when it is the first of a new attachment. */
    void observed(Observer observer, SessionEvent event) {}

    /** Nothing is under way any more, and nothing is due. */
    void atTheEnd(Remains remains) {}

    final void demand(boolean held, java.util.function.Supplier<String> broken) {
        if (!held) {
            referee.violated(name, broken.get());
        }
    }

    final void count(String reached) {
        referee.count(reached);
    }

    final boolean deleted(String session) {
        return referee.deleted(session);
    }

    /** A turn in words: the input that opened it. */
    final String word(TurnId turn) {
        return referee.word(turn);
    }
}
