package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.store.SessionRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run: everything breaks for a while, then nothing does any more, and all that was begun must come to its end. */
final class Director {
    private static final Duration LOOK = Duration.ofMillis(100);

    private final World world;
    private final List<String> sessions = new ArrayList<>();
    private final List<User> users = new ArrayList<>();

    Director(World world) {
        this.world = world;
    }

    void direct() throws InterruptedException {
        world.log("world", String.valueOf(world.shape));
        world.storage.open(world.storeProcess);
        world.machines.forEach(Machine::tend);
        begin();
        sleepUnlessOver(world.shape.storm());
        world.log("world", "heals");
        world.faults.heal();
        awaitRest();
        if (!world.over()) {
            hearOfTheEnds();
            world.referee.atTheEnd(Remains.of(world.storage, sessions));
        }
        world.log("world", "ends");
    }

    private void begin() {
        var chaos = new Chaos(world);
        world.start("tend", chaos::tend);
        world.start("rage", chaos::rage);
        world.start("hints", world.hints::carry);
        for (int i = 0; i < world.shape.sessions(); i++) {
            String session = String.valueOf((char) ('a' + i));
            sessions.add(session);
            var user = new User(world, session);
            users.add(user);
            world.start("user " + session, user::live);
            for (int o = 1; o <= world.shape.observers(); o++) {
                var observer = new Observer(world, session, o);
                world.start(observer.toString(), observer::live);
            }
        }
        for (String name : List.of("ada", "ben")) {
            world.start(name, new Person(world, name)::live);
        }
    }

    private void sleepUnlessOver(Duration time) throws InterruptedException {
        long end = world.environment.nanos() + time.toNanos();
        while (world.environment.nanos() < end && !world.over()) {
            world.outside.sleep(LOOK);
        }
    }

    private void awaitRest() throws InterruptedException {
        long end = world.environment.nanos() + Simulation.HEALED_WITHIN.toNanos();
        while (!atRest() && !world.over()) {
            if (world.environment.nanos() > end) {
                world.referee.violated(
                        "progress",
                        "not at rest " + Simulation.HEALED_WITHIN + " after everything healed: " + restless());
                return;
            }
            world.outside.sleep(LOOK);
        }
    }

    private boolean atRest() {
        return users.stream().allMatch(User::finished)
                && sessions.stream().allMatch(s -> restless(s).isEmpty())
                && world.referee.observers.behind().isEmpty()
                && world.up().size() == world.machines.size()
                && world.up().stream().allMatch(Life::idle);
    }

    private Optional<SessionRow> restless(String session) {
        return world.storage
                .sessions()
                .find(session)
                .filter(s -> !s.deleted() && (s.openTurn() != null || s.due() != null));
    }

    private String restless() {
        return "sessions "
                + sessions.stream().flatMap(s -> restless(s).stream()).toList()
                + ", users " + users.stream().filter(u -> !u.finished()).toList() + ", observers "
                + world.referee.observers.behind() + ", " + world.up().size() + " nodes up";
    }

    /** Whoever asks now is told the end of everything, through any node. */
    private void hearOfTheEnds() throws InterruptedException {
        for (User user : users) {
            user.followAll();
        }
    }
}
