package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.Waits;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.WaitId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides what turns wait for, through any node, sometimes twice. */
final class Person {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final World world;
    private final String name;

    Person(World world, String name) {
        this.world = world;
        this.name = name;
    }

    void live() throws InterruptedException {
        while (!world.over()) {
            world.outside.sleep(world.dice.millis(100, 500));
            boolean idle = world.faults.storm() && world.shape.idlePeople();
            if (!idle && !world.up().isEmpty()) {
                look();
            }
        }
    }

    private void look() throws InterruptedException {
        var reply = world.dice
                .oneOf(world.up())
                .ask("open waits", PATIENCE, t -> t.waits().open());
        if (reply instanceof Reply.Value<List<OpenWait>>(var open)) {
            for (OpenWait wait : open) {
                if (world.dice.chance(world.faults.storm() ? 0.7 : 0.8)) {
                    decide(wait);
                }
            }
        } else if (reply instanceof Reply.Failed<List<OpenWait>> failed && !failed.again()) {
            world.referee.violated("clients", "open waits could not be listed: " + failed.failure());
        }
    }

    private void decide(OpenWait wait) throws InterruptedException {
        boolean approval = wait.kind() == OpenWait.Kind.APPROVAL;
        int choice = world.dice.below(10);
        Decision first = answer(wait, approval, choice);
        if (first != null && world.dice.chance(0.25)) {
            Decision second = answer(wait, approval, world.dice.below(10));
            boolean same = second == null
                    || (second.answer().equals(first.answer()) && second.by().equals(first.by()));
            if (!same) {
                world.referee.violated("clients", "two answers to \"" + wait + "\": " + first + " and " + second);
            }
        }
        if (world.dice.chance(0.05)) {
            wrongly(wait, approval);
        }
    }

    private @Nullable Decision answer(OpenWait wait, boolean approval, int choice) throws InterruptedException {
        var up = world.up();
        if (up.isEmpty()) {
            return null;
        }
        world.log(name, "answers \"" + wait + "\"");
        var reply = world.dice
                .oneOf(up)
                .ask(
                        "answer",
                        PATIENCE,
                        t -> approval ? approval(t, wait.id(), choice) : outcome(t, wait.id(), choice));
        boolean revoked = world.referee.deleted(wait.session());
        if (reply instanceof Reply.Failed<Decision> failed && !failed.again() && !revoked) {
            world.referee.violated("clients", "\"" + wait + "\" could not be answered: " + failed.failure());
        }
        return reply instanceof Reply.Value<Decision>(var decision) ? decision : null;
    }

    private Decision approval(Turnbuckle turnbuckle, WaitId id, int choice) {
        Waits waits = turnbuckle.waits();
        return choice < 7 ? waits.approve(id, name) : waits.reject(id, name, "too dear");
    }

    private Decision outcome(Turnbuckle turnbuckle, WaitId id, int choice) {
        Waits waits = turnbuckle.waits();
        return choice < 3
                ? waits.done(id, name, "says " + name)
                : choice < 6 ? waits.notDone(id, name) : waits.runAgain(id, name);
    }

    /** The answer to another kind of question. */
    private void wrongly(OpenWait wait, boolean approval) throws InterruptedException {
        var up = world.up();
        if (!up.isEmpty()) {
            var reply = world.dice
                    .oneOf(up)
                    .ask(
                            "wrong answer",
                            PATIENCE,
                            t -> approval ? outcome(t, wait.id(), 0) : approval(t, wait.id(), 0));
            if (reply instanceof Reply.Value<Decision>(var decision)) {
                world.referee.violated("clients", "\"" + wait + "\" was answered with " + decision);
            }
        }
    }
}
