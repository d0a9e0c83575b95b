package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.testkit.ProcessKilled;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A place where one life of a node runs after the other. */
final class Machine {
    private final World world;
    private final String name;
    private @Nullable Life life;
    private long startsAt;

    Machine(World world, String name) {
        this.world = world;
        this.name = name;
    }

    @Nullable Life life() {
        return life;
    }

    /** Starts the next life when its time has come. */
    void tend() {
        if (life == null && world.environment.nanos() >= startsAt) {
            Life next = new Life(world, this, name);
            life = next;
            try {
                next.begin(name);
            } catch (ProcessKilled e) {
                world.log(next.name(), "died while it started");
            }
        }
    }

    /** The life is over; the next one begins a little later. */
    void ended() {
        life = null;
        Duration pause = world.dice.chance(0.3) ? Duration.ofMillis(5) : world.dice.millis(100, 2_500);
        startsAt = world.environment.nanos() + pause.toNanos();
    }

    @Override
    public String toString() {
        return name;
    }
}
