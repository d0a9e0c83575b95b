package dev.turnbuckle.cli.demo;

import dev.turnbuckle.session.TurnId;
import java.time.Duration;
import java.util.List;

/** Where a demo is shown. Called from one thread. */
interface Stage {
    void begins(DemoFolder folder);

    void accepted(String text, TurnId turn);

    void event(WorkerProcess.Event event);

    /** @param instant where the process stood */
    void killed(WorkerProcess worker, String instant);

    /** @param after time since the kill, as the parent saw both */
    void tookOver(WorkerProcess worker, WorkerProcess from, TurnId turn, Duration after);

    /** @param broken what is not as promised */
    void counted(Tally.Count count, List<String> broken, Duration took);

    /** @param why what was expected, and what came instead */
    void failed(String why);
}
