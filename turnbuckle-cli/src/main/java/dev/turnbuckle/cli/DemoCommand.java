package dev.turnbuckle.cli;

import dev.turnbuckle.cli.demo.Demo;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnbuckle demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        header = "Kill a running agent with SIGKILL and watch it go on. Needs no key and no network.",
        description = {
            "",
            "Worker processes drive a scripted agent on a SQLite file in a new folder here. They are killed while the "
                    + "model talks, between two effects, and after a card was charged but before that was recorded. "
                    + "At the end everything is counted from the files, which are kept.",
            ""
        },
        footer = {
            "",
            "Exit status: 0 when all is as promised, 1 when not.",
            "",
            "  turnbuckle demo                        the story, about ten seconds",
            "  turnbuckle demo --kills 50             50 kills at random moments",
            "  turnbuckle demo --json | tail -n 1     the numbers"
        })
final class DemoCommand implements Callable<Integer> {
    private static final int MOST_KILLS = 10_000;

    private final Main main;

    @Option(names = "--kills", paramLabel = "N", description = "Kill so many times, at random moments.")
    private @Nullable Integer kills;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Draws the moments of --kills; the same seed, the same moments.")
    private @Nullable Long seed;

    @Option(names = "--dir", paramLabel = "DIR", description = "The folder for the files.")
    private @Nullable Path directory;

    DemoCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() throws Exception {
        if (kills != null && (kills < 1 || kills > MOST_KILLS)) {
            throw new UsageException("--kills takes 1 to " + MOST_KILLS + ", not " + kills);
        }
        if (seed != null && kills == null) {
            throw new UsageException("--seed draws the moments of --kills; give that too");
        }
        Logs.show(main.verbose());
        long drawn = seed == null ? new Random().nextInt(1_000_000) : seed;
        var order = new Demo.Order(directory, kills == null ? 0 : kills, drawn, main.json(), Main.command());
        return new Demo(order, main.screen()).run() ? 0 : Errors.FAILED;
    }
}
