package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.Events;
import dev.turnbuckle.Session;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.Observation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Follows one session by cursor: attaches, is cut off, comes back to this node or another one. */
final class Observer {
    final String session;
    final Fold fold = new Fold();

    private final World world;
    private final String name;

    /** The stream that is listened to now; what others still deliver reaches nobody. */
    private int attachment;

    private boolean attached;
    private @Nullable Life to;

    Observer(World world, String session, int number) {
        this.world = world;
        this.session = session;
        this.name = "observer-" + session + number;
    }

    void live() throws InterruptedException {
        while (!world.over() && !fold.ended) {
            Life life = to;
            boolean bored = world.faults.storm() && world.dice.chance(0.15);
            if (!attached || life == null || life.over() || bored) {
                attach();
            }
            world.outside.sleep(world.dice.millis(50, 600));
        }
    }

    private void attach() {
        attachment++;
        attached = false;
        var up = world.up();
        if (up.isEmpty()) {
            return;
        }
        Life life = world.dice.oneOf(up);
        int own = attachment;
        attached = true;
        to = life;
        world.log(name, (fold.cursor == null ? "attaches to " : "comes back to ") + life.name());
        life.serve("stream " + name, turnbuckle -> stream(turnbuckle, life, own));
    }

    private void stream(Turnbuckle turnbuckle, Life life, int own) {
        try {
            Session at = turnbuckle.session(session, agent());
            Cursor from = fold.cursor;
            if (from == null) {
                Observation observation = at.observe();
                if (own != attachment) {
                    return;
                }
                world.referee.observers.begins(this, observation);
                from = observation.cursor();
            }
            try (Events events = at.events(Cursor.parse(from.value()))) {
                follow(events, life, own);
            }
        } catch (SessionDeletedException e) {
            fold.ended = true;
            world.log(name, "hears that its session is deleted");
        } catch (TurnbuckleException e) { // the stream breaks; whoever listens comes back
            world.log(name, "is cut off: " + e);
        } finally {
            if (own == attachment) {
                attached = false;
            }
        }
    }

    private String agent() {
        return User.agentOf(session);
    }

    private void follow(Events events, Life life, int own) {
        while (own == attachment) {
            var event = events.next(Duration.ofSeconds(1));
            if (own != attachment) {
                return;
            }
            event.ifPresent(e -> {
                world.log(name, "sees " + Reporter.words(e, world.referee::word));
                world.referee.observed(this, e);
            });
            if (world.dice.chance(0.03)) {
                World.pause(life.process(), world.dice.millis(100, 1_500)); // a slow reader
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
