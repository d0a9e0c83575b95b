package dev.turnbuckle.langchain4j;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The npm package {@code @copilotkit/aimock}: a server that speaks as the vendors do. Installed into {@code target} when
 * it is not there yet, started on a free port, and gone with the test however that ends, because it listens to its
 * standard input.
 */
final class Aimock implements AutoCloseable {
    static final String VERSION = "1.43.0";
    private static final Path FOLDER = Path.of("target", "aimock");
    private static final int INSTALL_MINUTES = 5;
    private static final int STOP_SECONDS = 10;

    private final Process process;
    private final String url;

    private Aimock(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** @param fixtures names of files among the test resources */
    static Aimock serving(String... fixtures) throws IOException, InterruptedException {
        Path module = install();
        var command = new ArrayList<>(List.of("node", resource("serve.mjs").toString(), module.toString()));
        for (String fixture : fixtures) {
            command.add(resource(fixture).toString());
        }
        Process process = started(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
        String url =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        if (url == null) {
            throw new IllegalStateException("aimock ended before it served; node must be 20.15 or newer");
        }
        return new Aimock(process, url);
    }

    private static Path install() throws IOException, InterruptedException {
        Path module = FOLDER.resolve(Path.of("node_modules", "@copilotkit", "aimock", "dist", "index.js"));
        Path done = FOLDER.resolve("installed-" + VERSION);
        if (!Files.exists(done)) {
            Files.createDirectories(FOLDER);
            Process npm = started(new ProcessBuilder(
                            "npm",
                            "install",
                            "--prefix",
                            FOLDER.toString(),
                            "--no-save",
                            "--no-audit",
                            "--no-fund",
                            "@copilotkit/aimock@" + VERSION)
                    .redirectErrorStream(true)
                    .redirectOutput(FOLDER.resolve("npm.log").toFile()));
            if (!npm.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES) || npm.exitValue() != 0) {
                npm.destroyForcibly();
                throw new IllegalStateException("npm could not install @copilotkit/aimock@" + VERSION + ": "
                        + Files.readString(FOLDER.resolve("npm.log")));
            }
            Files.createFile(done);
        }
        return module.toAbsolutePath();
    }

    private static Process started(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the tests on the wire need \"" + builder.command().getFirst()
                            + "\" on the PATH: install Node.js 20.15 or newer, which brings node and npm, or run without"
                            + " -Pfull",
                    e);
        }
    }

    private static Path resource(String name) {
        try {
            return Path.of(Aimock.class.getResource("/aimock/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    String url() {
        return url;
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
