package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Wakeups;
import java.util.ArrayDeque;
import java.util.Queue;

/** Carries hints between the nodes, a little late, and loses some: nothing may depend on one. */
final class Hints {
    private record Post(Life from, Wakeups.Hint hint) {}

    private final World world;
    private final Environment.Signal posted;
    private final Queue<Post> queue = new ArrayDeque<>();

    Hints(World world) {
        this.world = world;
        this.posted = world.outside.signal();
    }

    /** Returns at once, whatever the caller holds. */
    void post(Life from, Wakeups.Hint hint) {
        queue.add(new Post(from, hint));
        posted.raise();
    }

    void carry() throws InterruptedException {
        while (true) {
            long seen = posted.version();
            for (Post post = queue.poll(); post != null; post = queue.poll()) {
                deliver(post);
            }
            posted.await(seen, world.shape.storm().plus(Simulation.HEALED_WITHIN));
            world.outside.sleep(world.dice.millis(0, 4));
        }
    }

    private void deliver(Post post) {
        boolean lost = world.faults.storm() && world.dice.chance(0.2);
        world.tally.count(lost ? "hint lost" : "hint " + post.hint().kind());
        for (Life life : world.up()) {
            if (!lost && life != post.from()) {
                life.hear(post.hint());
            }
        }
    }
}
