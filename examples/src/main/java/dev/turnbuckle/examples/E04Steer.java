package dev.turnbuckle.examples;

import static dev.turnbuckle.testkit.ScriptedModel.says;

import dev.turnbuckle.Session;
import dev.turnbuckle.Turn;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.testkit.ScriptedModel;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;

/** Saying something to a turn that runs, and stopping one. Writes {@code agents.db} where it is started. */
public final class E04Steer {
    private E04Steer() {}

    // docs:steer
    static void steer(Session session, Duration patience, PrintStream out) {
        Turn turn = session.send("Plan a week in Norway.");
        Turn applied =
                turn.steer("Only trains, no flights.").appliedBy(); // this turn, or the next when it was too late
        out.println(applied.id().equals(turn.id()) ? "steered" : "became its own turn");

        if (turn.await(patience).isEmpty()) {
            switch (turn.cancel("user pressed stop")) {
                case REQUESTED, ALREADY_REQUESTED -> out.println("stopping");
                case COMPLETION_WON -> out.println("too late, it is done");
                case UNKNOWN_TURN -> throw new IllegalStateException(turn.id().value());
            }
        }
        out.println(turn.await()); // a cancelled turn is committed with what it had said so far
        out.println(session.ask("Thanks. And the cheapest month?")); // usable at once
    }

    /** From another node: everything is addressed by ids. */
    static void stopButton(Turnbuckle turnbuckle, String session, String turn) {
        turnbuckle.session(session).turn(new TurnId(turn)).cancel("stop button");
    }
    // docs:end

    static Turnbuckle planner(Path folder) {
        return Turnbuckle.builder()
                .storage(SqliteStorage.at(folder.resolve("agents.db")))
                .model(ScriptedModel.of(
                        says("Fly to Bergen.").after(Duration.ofSeconds(1)),
                        says("Day one: the train from Oslo to Bergen. " + "And so on. ".repeat(200))
                                .pausing(Duration.ofMillis(100)),
                        says("November.")))
                .build();
    }

    static void run(Path folder, PrintStream out) {
        try (var turnbuckle = planner(folder)) {
            steer(turnbuckle.session("trip"), Duration.ofSeconds(2), out);
        }
    }

    public static void main(String[] args) {
        run(Path.of(""), System.out);
    }
}
