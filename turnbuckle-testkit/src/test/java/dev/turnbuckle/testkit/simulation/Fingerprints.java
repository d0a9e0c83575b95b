package dev.turnbuckle.testkit.simulation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Hashes of the traces of some seeds, made in this process or in one of their own. */
final class Fingerprints {
    private Fingerprints() {}

    static List<String> of(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(seed ->
                        seed + " " + hash(Simulation.inMemory().run(seed).trace()))
                .toList();
    }

    private static String hash(List<String> lines) {
        try {
            byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<String> ofAnotherProcess(Path folder, long from, long to) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "fingerprints", ".txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Fingerprints.class.getName(),
                        String.valueOf(from),
                        String.valueOf(to))
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException("the other process did not end in 5 minutes");
        }
        return Files.readAllLines(out);
    }

    public static void main(String[] args) {
        of(Long.parseLong(args[0]), Long.parseLong(args[1])).forEach(System.out::println);
    }
}
