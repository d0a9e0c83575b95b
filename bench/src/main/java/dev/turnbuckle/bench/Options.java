package dev.turnbuckle.bench;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the command line asked for.
 *
 * @param what {@code turns}, {@code growth}, {@code commit} or {@code all}
 * @param rounds each of them the floor and then ours
 * @param round how long one contender runs in one round
 * @param folder where the databases are made: a real disk
 */
record Options(String what, boolean json, int rounds, Duration round, Path folder) {
    static final String HELP = """
            usage: bench/run [turns|growth|commit|all] [options]

              turns    durable turns with one ONCE tool, one session and 64 at once, SQLite with synchronous=FULL
              growth   turn 10,000 of a session beside turn 100, the model's context held at 200 entries
              commit   a commit of 1 MiB of incompressible state, and one of 512 entries
              all      everything above (the default)

              --json         one JSON object a line instead of a table
              --rounds N     rounds of floor and ours in turn; figures are medians over them (default 10)
              --seconds S    length of one contender's part of a round (default 1)
              --dir FOLDER   where the databases are made (default bench/target); not a memory file system
              --help         this text

            Progress goes to the standard error stream. bench/README.md says what the figures mean.
            """;

    /** @throws IllegalArgumentException saying what is wrong, for the user */
    static Options of(String[] args) {
        String what = "all";
        boolean json = false;
        int rounds = 10;
        long millis = 1_000;
        Path folder = Path.of(System.getProperty("bench.dir", "."));
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "turns", "growth", "commit", "all" -> what = args[i];
                case "--json" -> json = true;
                case "--rounds" -> rounds = (int) number(args, ++i, 1);
                case "--seconds" -> millis = Math.round(1_000 * number(args, ++i, 0.1));
                case "--dir" -> folder = Path.of(argument(args, ++i));
                default -> throw new IllegalArgumentException("unknown argument: " + args[i]);
            }
        }
        return new Options(what, json, rounds, Duration.ofMillis(millis), folder);
    }

    private static String argument(String[] args, int i) {
        if (i == args.length) {
            throw new IllegalArgumentException(args[i - 1] + " needs a value");
        }
        return args[i];
    }

    private static double number(String[] args, int i, double least) {
        String text = argument(args, i);
        try {
            double value = Double.parseDouble(text);
            if (value >= least && value <= 3_600) {
                return value;
            }
        } catch (NumberFormatException e) {
            // refused below, in the same words
        }
        throw new IllegalArgumentException(args[i - 1] + " needs a number from " + least + " on, not " + text);
    }

    boolean asksFor(String bench) {
        return what.equals("all") || what.equals(bench);
    }
}
