package dev.turnbuckle.testkit.simulation;

import java.time.Duration;

/** What goes wrong by itself, and who starts what is down. */
final class Chaos {
    private static final Duration LOOK = Duration.ofMillis(50);

    private final World world;

    Chaos(World world) {
        this.world = world;
    }

    /** Starts nodes whose time has come, for as long as the run lasts. */
    void tend() throws InterruptedException {
        while (true) {
            world.machines.forEach(Machine::tend);
            world.outside.sleep(LOOK);
        }
    }

    void rage() throws InterruptedException {
        while (world.faults.storm()) {
            world.outside.sleep(world.dice.millis(100, 900));
            Fault fault = world.faults.ofProcess();
            var up = world.up();
            if (fault != null && !up.isEmpty()) {
                strike(fault, world.dice.oneOf(up));
            }
        }
    }

    private void strike(Fault fault, Life life) {
        switch (fault) {
            case KILLED -> life.die("by chance");
            case STOPPED -> life.freeze(world.shape.ttl().plus(world.dice.millis(-500, 3_000)), "by chance");
            case DRAINED -> life.drain();
            case NODE_CLOCK -> jump(life);
            case STORE_CLOCK -> jumpStore();
            default -> throw new IllegalStateException("not of a process: " + fault);
        }
    }

    private void jump(Life life) {
        Duration by = Duration.ofSeconds(world.dice.between(-600, 600));
        world.log(life.name(), "has its clock jump by " + by.toSeconds() + " s");
        life.process().jump(by);
    }

    private void jumpStore() {
        Duration by = Duration.ofMillis(world.dice.between(-1_500, 6_000));
        world.log("store", "has its clock jump by " + by.toMillis() + " ms");
        if (world.desk == null) {
            world.storeProcess.jump(by);
        } else {
            world.desk.alone(() -> world.storeProcess.jump(by));
        }
    }
}
