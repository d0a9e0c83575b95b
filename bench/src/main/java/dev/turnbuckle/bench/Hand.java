package dev.turnbuckle.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A process of {@link Processes}: does the rounds that it is told to do on its standard input, and says how they went. */
public final class Hand {
    /** Sessions of two floors never meet. */
    private static final long SESSIONS_OF_A_PROCESS = 1_000_000_000L;

    enum Kind {
        OURS,
        FLOOR
    }

    private Hand() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        int number = Integer.parseInt(args[1]);
        Path folder = Files.createDirectories(Path.of(args[4]));
        try (var server = PostgresServer.of(args[2], folder);
                Contender contender = contender(Kind.valueOf(args[0]), number, server, args[3], folder)) {
            var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                String[] words = order.split(" ", -1);
                Round round = contender.round(
                        words[0], Integer.parseInt(words[1]), Duration.ofMillis(Long.parseLong(words[2])));
                System.out.println(write(round));
            }
        }
    }

    private static Contender contender(Kind kind, int number, PostgresServer server, String schema, Path folder)
            throws IOException {
        return switch (kind) {
            case OURS -> new PostgresOurs(server, schema);
            case FLOOR -> new PostgresFloor(server, schema, Specimen.in(folder), number * SESSIONS_OF_A_PROCESS);
        };
    }

    static String order(String name, int sessions, Duration length) {
        return name + " " + sessions + " " + length.toMillis();
    }

    /** One line. Transactions are counted by who knows of all processes. */
    static String write(Round round) {
        String nanos =
                Arrays.stream(round.nanos().all()).mapToObj(Long::toString).collect(Collectors.joining(" "));
        return String.format(
                        Locale.ROOT,
                        "%.9f %d %d %s",
                        round.seconds(),
                        round.cpu().nanos(),
                        round.cpu().compilingMillis(),
                        nanos)
                .strip();
    }

    static Round read(String line) {
        String[] words = line.split(" ", -1);
        var nanos = new Samples();
        for (int i = 3; i < words.length; i++) {
            nanos.add(Long.parseLong(words[i]));
        }
        var cost = new Round.Cost(Long.parseLong(words[1]), 0, Long.parseLong(words[2]));
        return new Round(nanos, Double.parseDouble(words[0]), 0, cost);
    }
}
