package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.session.Input;
import dev.turnbuckle.tool.ToolContext;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of one tool in one life of a node. */
final class Bodies {
    private final World world;
    private final Life life;
    private final Errand errand;

    Bodies(World world, Life life, Errand errand) {
        this.world = world;
        this.life = life;
        this.errand = errand;
    }

    String run(String task, ToolContext context) throws InterruptedException {
        var body = new Body(
                world.nextBody(),
                errand,
                context.session(),
                context.turn(),
                task,
                context.idempotencyKey(),
                life.name());
        world.log(life.name(), "body " + body + " starts");
        world.referee.bodyStarted(body);
        Fault fault = world.faults.inBody();
        try {
            work(body, fault, context);
            body.ended = body.result();
        } catch (IllegalStateException e) {
            body.ended = body.boom();
            throw e;
        } finally {
            world.log(life.name(), "body " + body + (body.ended == null ? " is cut off" : " ends: " + body.ended));
        }
        return body.result();
    }

    private void work(Body body, @Nullable Fault fault, ToolContext context) throws InterruptedException {
        if (fault == Fault.TOOL_KILLED_AT_START) {
            life.die("in body " + body);
        }
        life.process().sleep(world.dice.millis(0, 60));
        if (fault == Fault.TOOL_THREW) {
            throw new IllegalStateException(body.boom());
        }
        context.progress("half of " + body.task);
        hold(body, fault);
        if (errand == Errand.TELL) {
            tell(body, context);
        }
        context.update(Agents.LEDGER, ledger -> ledger.with(body.trace()));
        if (fault == Fault.TOOL_KILLED_AT_END) {
            life.die("at the end of body " + body);
        }
    }

    /** The same name for the same call, whichever body says it; another one for another call. */
    private void tell(Body body, ToolContext context) {
        List<String> known = world.referee.inputs.sessions();
        String target = world.dice.oneOf(known);
        String[] task = body.task.substring(1).split("\\.", -1);
        int source = body.task.charAt(0) - 'a' + 1;
        int number = source * 10_000 + Integer.parseInt(task[0]) * 100 + Integer.parseInt(task[1]);
        String name = target.substring(0, 1) + number;
        Input input = User.input(world, target, name, List.of(List.of(new Script.Call("look", name + ".0"))));
        if (input.context().isEmpty()) {
            input = input.context("by", "a tool"); // else it had that of this turn
        }
        context.send(target, world.dice.chance(0.2) ? input.after(world.dice.millis(100, 2_000)) : input);
        body.sent = name;
    }

    private void hold(Body body, @Nullable Fault fault) throws InterruptedException {
        if (fault == Fault.TOOL_SLOW) {
            life.process().sleep(world.dice.millis(500, 2_500));
        } else if (fault == Fault.TOOL_HUNG) {
            life.process().sleep(Agents.TOOL_TIMEOUT.multipliedBy(2));
        } else if (fault == Fault.TOOL_DEAF) {
            World.pause(life.process(), Agents.TOOL_TIMEOUT.plus(Duration.ofSeconds(2)));
        } else if (fault == Fault.TOOL_STOPPED) {
            life.freeze(world.shape.ttl().plus(world.dice.millis(100, 2_000)), "in body " + body);
        }
    }
}
