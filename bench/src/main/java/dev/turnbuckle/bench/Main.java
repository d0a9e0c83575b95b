package dev.turnbuckle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** {@code bench/run}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (List.of(args).contains("--help")) {
            System.out.print(Options.HELP);
            return;
        }
        if (args.length > 0 && args[0].equals("jmh")) {
            var arguments = List.of(args).subList(1, args.length);
            System.exit(new Micro(Options.target().resolve("jmh")).run(arguments));
        }
        Options options;
        try {
            options = Options.of(args);
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage() + "\n");
            System.err.print(Options.HELP);
            System.exit(2);
            return;
        }
        run(options);
    }

    private static void run(Options options) throws IOException, InterruptedException {
        var progress = new Progress();
        Path folder = Files.createTempDirectory(Files.createDirectories(options.folder()), "bench-");
        String type = Files.getFileStore(folder).type();
        if (type.equals("tmpfs") || type.equals("ramfs")) {
            progress.say("bench: " + folder + " is in memory (" + type + "): nothing here reaches a disk");
        }
        Consumer<Figure> figures = options.json()
                ? figure -> System.out.println(figure.json())
                : figure -> System.out.println(figure.row());
        if (!options.json()) {
            System.out.println(Figure.HEAD);
        }
        try {
            if (options.onPostgres() != null) {
                new PostgresBench(options, folder, progress).run(figures);
                return;
            }
            for (Bench bench : options.benches()) {
                bench.run(options, folder, progress, figures);
            }
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
