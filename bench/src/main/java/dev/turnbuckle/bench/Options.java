package dev.turnbuckle.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asked for.
 *
 * @param benches in the order in which they run
 * @param rounds each of them the floor and then ours
 * @param round how long one contender runs in one round
 * @param folder where the databases are made: a real disk
 * @param onPostgres {@code null} for SQLite
 */
record Options(
        List<Bench> benches,
        boolean json,
        int rounds,
        Duration round,
        Path folder,
        @Nullable Postgres onPostgres) {
    /**
     * Everything on PostgreSQL instead.
     *
     * @param url of a database; without one a server is started
     */
    record Postgres(
            List<PostgresBench.Part> parts, @Nullable String url) {}

    static final String HELP = """
            usage: bench/run [turns|growth|commit|live|open|idle|cold|all] [options]
                   bench/run turns --storage postgres [--part NAME] [--url URL] [options]
                   bench/run jmh [pattern] [options of JMH; -h lists them]

              turns    durable turns with one ONCE tool, one session and 64 at once, SQLite with synchronous=FULL
              growth   turn 10,000 of a session beside turn 100, the model's context held at 200 entries
              commit   a commit of 1 MiB of incompressible state, and one of 512 entries
              live     live replay: appends with nobody reading and beside 1,000 sleeping readers; deliveries to 1,000
              open     coming back to a session of 10,000 entries of which 200 are wanted
              idle     heap held by 100,000 sessions that were used once, and by 10,000 that are observed in silence
              cold     the command line, from its start to its end, with one durable turn between
              all      everything above (the default); about ten minutes
              jmh      what is computed and not stored, by JMH: planning, hashing, JSON, the ring of recent events

              --json         one JSON object a line instead of a table
              --rounds N     rounds of floor and ours in turn; figures are medians over them (default 10)
              --seconds S    length of one contender's part of a round (default 1); turns and live
              --dir FOLDER   where the databases are made (default bench/target); not a memory file system
              --help         this text

            On PostgreSQL, floor and ours on one server with fsync and synchronous_commit on:
              --storage postgres  starts a server for it (its programs come with the benchmarks) and stops it
              --url URL           uses yours: postgres://user:password@host:port/database; makes schemas, and drops them
              --part NAME         one of them; without it all, which takes about twenty minutes
                turns    1, 16, 64 and 256 sessions in one process
                two      the same in two processes
                trips    round trips and COMMITs of a turn, counted
                commit   round trips of a commit; 1 MiB of incompressible state; 512 entries
                claims   a claim with 100,000 due sessions waiting; four nodes on one backlog of 10,000
                idle     round trips of a node that has nothing to do

            Progress goes to the standard error stream. bench/README.md says what the figures mean.
            """;

    /** @throws IllegalArgumentException saying what is wrong, for the user */
    static Options of(String[] args) {
        List<Bench> benches = List.of(Bench.values());
        boolean json = false;
        int rounds = 10;
        long millis = 1_000;
        Path folder = target();
        String storage = "sqlite";
        String url = null;
        List<PostgresBench.Part> parts = List.of();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--json" -> json = true;
                case "--rounds" -> rounds = (int) number(args, ++i, 1);
                case "--seconds" -> millis = Math.round(1_000 * number(args, ++i, 0.1));
                case "--storage" -> storage = argument(args, ++i);
                case "--url" -> url = argument(args, ++i);
                case "--part" -> parts = List.of(part(argument(args, ++i)));
                case "--dir" -> folder = Path.of(argument(args, ++i));
                default -> benches = benches(args[i]);
            }
        }
        var postgres = postgres(storage, parts, url);
        if (postgres != null && !benches.equals(List.of(Bench.TURNS))) {
            throw new IllegalArgumentException("on PostgreSQL there is one benchmark, turns, with several parts; "
                    + "write: turns --storage postgres");
        }
        return new Options(benches, json, rounds, Duration.ofMillis(millis), folder, postgres);
    }

    private static @Nullable Postgres postgres(String storage, List<PostgresBench.Part> parts, @Nullable String url) {
        if (!List.of("sqlite", "postgres").contains(storage)) {
            throw new IllegalArgumentException("--storage needs sqlite or postgres, not " + storage);
        }
        if (storage.equals("postgres")) {
            return new Postgres(parts.isEmpty() ? List.of(PostgresBench.Part.values()) : parts, url);
        }
        if (url != null || !parts.isEmpty()) {
            throw new IllegalArgumentException("--url and --part go with --storage postgres");
        }
        return null;
    }

    private static PostgresBench.Part part(String name) {
        return PostgresBench.Part.named(name)
                .orElseThrow(() -> new IllegalArgumentException("--part needs one of "
                        + Arrays.stream(PostgresBench.Part.values())
                                .map(PostgresBench.Part::word)
                                .collect(Collectors.joining(", "))
                        + ", not " + name));
    }

    private static List<Bench> benches(String name) {
        return name.equals("all")
                ? List.of(Bench.values())
                : List.of(
                        Bench.named(name).orElseThrow(() -> new IllegalArgumentException("unknown argument: " + name)));
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

    /** Where this program was built. */
    static Path target() {
        return Path.of(System.getProperty("bench.dir", "."));
    }

    /** The classes of the benchmarks. */
    Path program() {
        return target().resolve("classes");
    }

    /** What a person types, in this source tree. */
    Path launcher() {
        return Path.of(System.getProperty("bench.root", ".."), "turnbuckle");
    }
}
