package dev.turnbuckle.bench;

import dev.turnbuckle.bench.micro.CodecBenchmark;
import dev.turnbuckle.bench.micro.HashBenchmark;
import dev.turnbuckle.bench.micro.RingBenchmark;
import dev.turnbuckle.store.plan.PlanBenchmark;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.openjdk.jmh.generators.core.BenchmarkGenerator;
import org.openjdk.jmh.generators.core.FileSystemDestination;
import org.openjdk.jmh.generators.reflection.RFGeneratorSource;

/**
 * The parts of a turn that are computed and not stored, measured by JMH. JMH measures through classes that it generates
 * from the benchmarks; that is done when it is asked for, so that the build needs no annotation processor.
 */
final class Micro {
    private static final List<Class<?>> BENCHMARKS =
            List.of(PlanBenchmark.class, HashBenchmark.class, CodecBenchmark.class, RingBenchmark.class);

    private static final String MAIN = "org.openjdk.jmh.Main";

    private final Path folder;

    /** @param folder where the generated classes go; what is in it is replaced */
    Micro(Path folder) {
        this.folder = folder;
    }

    /**
     * Runs JMH in a process of its own.
     *
     * @param arguments a regular expression of names, and JMH's own options
     * @return its exit status
     */
    int run(List<String> arguments) throws IOException, InterruptedException {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        Path sources = Files.createDirectories(folder.resolve("sources"));
        generate(sources, classes);
        compile(sources, classes);
        return new ProcessBuilder(command(classes, arguments))
                .inheritIO()
                .start()
                .waitFor();
    }

    static List<String> command(Path classes, List<String> arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes + File.pathSeparator + System.getProperty("java.class.path"),
                MAIN));
        command.addAll(arguments);
        return command;
    }

    @SuppressWarnings("rawtypes") // so it is declared there
    static void generate(Path sources, Path classes) {
        var source = new RFGeneratorSource();
        source.processClasses(BENCHMARKS.toArray(Class[]::new));
        var destination = new FileSystemDestination(classes.toFile(), sources.toFile());
        var generator = new BenchmarkGenerator();
        generator.generate(source, destination);
        generator.complete(source, destination);
        if (destination.hasErrors()) {
            throw new IllegalStateException("JMH refuses the benchmarks: " + destination.getErrors());
        }
    }

    static void compile(Path sources, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException(
                    "JMH needs a JDK, and " + System.getProperty("java.home") + " has no compiler");
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(sources)) {
            files = walk.filter(f -> f.toString().endsWith(".java")).toList();
        }
        var said = new StringWriter();
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none", "-nowarn");
            boolean compiled = compiler.getTask(
                            said, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                    .call();
            if (!compiled) {
                throw new IllegalStateException("what JMH generated does not compile:\n" + said);
            }
        }
    }
}
