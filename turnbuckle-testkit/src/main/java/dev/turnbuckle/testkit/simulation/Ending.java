package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Waits for the end of what one input came to, through one node after the other, and compares it with the commit. */
final class Ending {
    private static final Duration ONE_LOOK = Duration.ofSeconds(5);

    private final World world;
    private final String session;
    private final TurnId turn;
    private final String name;

    Ending(World world, String session, TurnId turn, String name) {
        this.world = world;
        this.session = session;
        this.turn = turn;
        this.name = name;
    }

    void follow() throws InterruptedException {
        while (!world.over()) {
            var up = world.up();
            if (!up.isEmpty()) {
                var reply = world.dice.oneOf(up).ask("await " + name, ONE_LOOK.plusSeconds(1), this::await);
                if (reply instanceof Reply.Value<Optional<TurnOutcome>>(var outcome) && isEnd(outcome)) {
                    compare(outcome.orElseThrow());
                    return;
                }
                if (reply instanceof Reply.Failed<Optional<TurnOutcome>> failed && !failed.again()) {
                    if (failed.sessionDeleted() && world.referee.deleted(session)) {
                        return;
                    }
                    world.referee.violated("clients", "awaiting " + name + " failed: " + failed.failure());
                    return;
                }
            }
            world.outside.sleep(world.dice.millis(50, 500));
        }
    }

    private Optional<TurnOutcome> await(Turnbuckle turnbuckle) {
        return turnbuckle.session(session, User.agentOf(session)).turn(turn).await(ONE_LOOK);
    }

    private static boolean isEnd(Optional<TurnOutcome> outcome) {
        return outcome.isPresent() && !(outcome.get() instanceof TurnOutcome.Suspended);
    }

    private void compare(TurnOutcome told) {
        Inputs.Accepted input = world.referee.inputs.named(name);
        if (world.referee.deleted(session)) {
            return; // it was told before
        }
        if (input == null) {
            world.referee.violated("clients", "the end of " + name + " was told, which was never accepted: " + told);
        } else if (input.state == Inputs.State.CANCELLED) {
            require(told instanceof TurnOutcome.Cancelled, told, () -> "it was cancelled before a turn took it");
        } else {
            Chronicle.Chapter chapter = world.referee.chronicle.chapter(input.by);
            require(chapter != null && told.equals(chapter.outcome()), told, () -> "committed is " + chapter);
        }
    }

    private void require(boolean right, TurnOutcome told, Supplier<String> but) {
        if (!right) {
            world.referee.violated("clients", "the end of " + name + " was told as " + told + ", but " + but.get());
        }
    }
}
