package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Says what the {@link Script} demands, word by word, unless a fault cuts it off. */
final class SimulatedModel implements Model {
    /** What each answered call costs. */
    static final Usage USAGE = Usage.of(10, 3);

    private final World world;
    private final Life life;
    private final String name;
    private long limitedUntil;

    SimulatedModel(World world, Life life, String name) {
        this.world = world;
        this.life = life;
        this.name = name;
    }

    @Override
    public ModelSpec spec() {
        return ModelSpec.named(name);
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
        var asked = new Asked(world.nextAsked(), life.name(), request, world.referee.inputs.opener(request.messages()));
        world.log(life.name(), "model " + asked + " is asked of " + name);
        if (!name.equals("script")) {
            world.tally.count("another model stood in");
        }
        world.referee.modelAsked(asked);
        Fault fault = world.faults.inModel();
        beforeTheFirstWord(fault);
        List<Part> parts = Script.parts(asked.number, request.messages());
        String text = ((Part.Text) parts.getFirst()).text();
        String[] words = text.split("(?<= )", -1);
        int breaksAt = 1 + world.dice.below(words.length);
        for (int i = 0; i < words.length; i++) {
            life.process().sleep(world.dice.millis(0, 25));
            asked.streamed.append(words[i]);
            events.accept(new ModelEvent.TextDelta(words[i]));
            if (i + 1 == breaksAt) {
                afterSomeWords(asked, fault);
            }
        }
        if (fault != Fault.MODEL_UNFINISHED) {
            events.accept(new ModelEvent.Completed(parts, USAGE, "stop"));
            world.log(life.name(), "model " + asked + " answers: " + text);
        }
    }

    private void beforeTheFirstWord(@Nullable Fault fault) {
        if (fault == Fault.MODEL_RATE_LIMITED) {
            limitedUntil =
                    world.environment.nanos() + world.dice.millis(300, 4_000).toNanos();
        }
        if (limitedUntil > world.environment.nanos() || fault == Fault.MODEL_RATE_LIMITED) {
            Duration retryAfter = world.dice.chance(0.5) ? null : world.dice.millis(100, 1_500);
            throw new ModelFailure(ModelFailure.Kind.RATE_LIMIT, "slow down", retryAfter, null);
        } else if (fault == Fault.MODEL_REFUSED) {
            throw new ModelFailure(ModelFailure.Kind.CONTENT_FILTER, "not this");
        }
    }

    private void afterSomeWords(Asked asked, @Nullable Fault fault) throws InterruptedException {
        if (fault == Fault.MODEL_BROKE) {
            throw new ModelFailure(ModelFailure.Kind.NETWORK, "connection reset");
        } else if (fault == Fault.MODEL_SLOW) {
            life.process().sleep(world.dice.millis(500, 4_000));
        } else if (fault == Fault.MODEL_KILLED) {
            life.die("while " + asked + " streams");
        } else if (fault == Fault.MODEL_STOPPED) {
            life.freeze(world.shape.ttl().plus(world.dice.millis(100, 2_000)), "while " + asked + " streams");
        }
    }
}
