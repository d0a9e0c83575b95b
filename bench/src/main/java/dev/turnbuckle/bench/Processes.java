package dev.turnbuckle.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One side of a comparison in several processes at once, which share its sessions evenly. */
final class Processes implements Side, AutoCloseable {
    private final PostgresServer server;
    private final List<Hired> hired = new ArrayList<>();

    /** @param kind of {@link Hand} */
    Processes(int count, Hand.Kind kind, PostgresServer server, String schema, Path folder) throws IOException {
        this.server = server;
        for (int i = 0; i < count; i++) {
            hired.add(new Hired(i, kind, server.url(), schema, folder.resolve(schema + "-" + i)));
        }
    }

    /** One process, from its start to its end. */
    private static final class Hired {
        private final Process process;
        private final PrintWriter orders;
        private final BufferedReader answers;

        Hired(int number, Hand.Kind kind, String url, String schema, Path folder) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-Xms512m",
                            "-Xmx512m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Hand.class.getName(),
                            kind.name(),
                            String.valueOf(number),
                            url,
                            schema,
                            folder.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            orders = new PrintWriter(process.outputWriter(), true);
            answers = process.inputReader();
        }

        Round answer() {
            try {
                String line = answers.readLine();
                if (line == null) {
                    throw new IllegalStateException("a process ended before its round did");
                }
                return Hand.read(line);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void close() {
            orders.close();
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                process.destroy();
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public Round round(String name, int sessions, Duration length) {
        long before = server.transactions();
        long cpu = server.cpuNanos();
        for (int i = 0; i < hired.size(); i++) {
            hired.get(i).orders.println(Hand.order(name + "-p" + i, share(sessions, i, hired.size()), length));
        }
        var nanos = new Samples();
        var cost = new Round.Cost(0, 0, 0);
        double seconds = 0;
        for (Hired each : hired) {
            Round part = each.answer();
            nanos.addAll(part.nanos());
            cost = cost.and(part.cpu());
            seconds = Math.max(seconds, part.seconds());
        }
        cost = cost.and(new Round.Cost(0, server.cpuNanos() - cpu, 0));
        return new Round(nanos, seconds, server.transactions() - before, cost);
    }

    /** How many of them this process has; the first ones have what is over. */
    static int share(int sessions, int number, int processes) {
        return sessions / processes + (number < sessions % processes ? 1 : 0);
    }

    @Override
    public void close() {
        hired.forEach(Hired::close);
    }
}
