package dev.turnbuckle.cli.demo;

import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.session.TurnId;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A demo of many kills for people: a line a kill. */
final class Brief implements Stage {
    private static final int WHERE = 30;

    private final Screen screen;
    private final CountTable table;
    private final int kills;
    private final long seed;
    private int killed;

    Brief(Screen screen, CountTable table, int kills, long seed) {
        this.screen = screen;
        this.table = table;
        this.kills = kills;
        this.seed = seed;
    }

    @Override
    public void begins(DemoFolder folder) {
        screen.line("no key, no network: a scripted model, but a real SQLite file (fsync on),");
        screen.line("real processes, real kill -9                files: " + folder.path() + " (kept)");
        screen.line("kill -9 " + kills + " times, at moments drawn from --seed " + seed);
        screen.line();
    }

    @Override
    public void accepted(String text, TurnId turn) {}

    @Override
    public void event(WorkerProcess.Event event) {
        if (event.type().equals("committed")) {
            screen.line("  " + screen.mark(Mark.GOOD, "commit") + "      revision " + event.text("revision"));
        }
    }

    @Override
    public void killed(WorkerProcess worker, String instant) {
        killed++;
        screen.part("  " + screen.mark(Mark.BAD, Screen.pad("✗ kill " + killed, 12)) + "worker "
                + Screen.pad(String.valueOf(worker.pid()), 8) + Screen.pad(instant, WHERE));
    }

    @Override
    public void tookOver(WorkerProcess worker, WorkerProcess from, TurnId turn, Duration after) {
        screen.line("→ " + worker.pid() + String.format(Locale.ROOT, " after %.2f s", after.toMillis() / 1000.0));
    }

    @Override
    public void counted(Tally.Count count, List<String> broken, Duration took) {
        table.show(count, broken, took);
    }

    @Override
    public void failed(String why) {
        screen.line();
        screen.line(screen.mark(Mark.BAD, "the demo failed") + "  " + Screen.safe(why));
    }
}
