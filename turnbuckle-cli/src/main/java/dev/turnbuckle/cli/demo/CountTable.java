package dev.turnbuckle.cli.demo;

import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The end of a demo for people: what was counted, what it cost, how to look oneself. */
final class CountTable {
    private static final int LEFT = 20;
    private static final int NUMBER = 5;
    private static final int RIGHT = 32;
    private static final int COUNTS = 13;

    private final Screen screen;
    private final DemoFolder folder;
    private final String command;

    CountTable(Screen screen, DemoFolder folder, String command) {
        this.screen = screen;
        this.folder = folder;
        this.command = command;
    }

    void show(Tally.Count c, List<String> broken, Duration took) {
        screen.line();
        screen.line(screen.mark(
                Mark.FAINT, "  counted from agents.db, ledger.txt and effects.jsonl, not from what was meant"));
        row(
                "kill -9",
                c.kills(),
                "inputs accepted / applied / lost",
                c.inputsAccepted() + " / " + c.inputsApplied() + " / " + c.inputsLost());
        row(
                "turns committed",
                c.turnsCommitted(),
                "effects run / from the journal",
                c.effectsRun() + " / " + c.effectsRecalled());
        row(
                "lines in ledger.txt",
                c.ledgerLines(),
                "recorded effects that ran again",
                String.valueOf(c.recordedEffectsRunAgain()));
        row(
                "ONCE calls started",
                c.onceToolStarts(),
                "of those, started twice",
                String.valueOf(c.onceToolsStartedTwice()));
        screen.line("  the price: " + price(c));
        screen.line();
        broken.forEach(b -> screen.line(screen.mark(Mark.BAD, "  NOT AS PROMISED  " + b)));
        if (!broken.isEmpty()) {
            screen.line();
        }
        screen.line("look yourself");
        screen.line("  cat " + folder.ledger());
        screen.line("  " + command + " sessions show " + DemoFolder.SESSION + " --db " + folder.database());
        screen.line("your turn");
        screen.line(Screen.pad("  " + command + " chat", 72)
                + screen.mark(Mark.FAINT, String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0)));
    }

    private void row(String left, int count, String right, String counts) {
        screen.line("  " + Screen.pad(left, LEFT) + screen.mark(Mark.STRONG, before(NUMBER, String.valueOf(count)))
                + "    " + Screen.pad(right, RIGHT) + screen.mark(Mark.STRONG, before(COUNTS, counts)));
    }

    private static String before(int width, String number) {
        return " ".repeat(Math.max(0, width - number.length())) + number;
    }

    private static String price(Tally.Count c) {
        return times(c.modelAttemptsRepeated(), "model call was made again", "model calls were made again") + ", "
                + times(c.unknownOutcomes(), "outcome was unknown", "outcomes were unknown");
    }

    private static String times(int count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }
}
