package dev.turnbuckle.checks.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The worker processes: three of them, whatever happens to each. */
final class Workers implements AutoCloseable {
    static final int COUNT = 3;

    private final Path folder;
    private final String url;
    private final Process[] processes = new Process[COUNT];
    private final String[] names = new String[COUNT];
    private int started;

    Workers(Path folder, String url) {
        this.folder = folder;
        this.url = url;
    }

    Path ledger() {
        return folder.resolve("ledger.txt");
    }

    void start(int index) throws IOException {
        started++;
        names[index] = "w" + index + "-" + started;
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClusterWorker.class.getName(),
                        url,
                        ledger().toString(),
                        names[index])
                .redirectError(folder.resolve("worker-" + names[index] + ".log").toFile())
                .redirectOutput(ProcessBuilder.Redirect.PIPE)
                .start();
        processes[index] = process;
        String line = process.inputReader().readLine();
        if (!ClusterWorker.READY.equals(line)) {
            throw new IOException("a worker did not start: " + line + "; see " + folder);
        }
    }

    /** SIGKILL. */
    void kill(int index) throws InterruptedException {
        processes[index].destroyForcibly();
        processes[index].waitFor();
    }

    void stop(int index) throws IOException, InterruptedException {
        signal("STOP", index);
    }

    void goOn(int index) throws IOException, InterruptedException {
        signal("CONT", index);
    }

    private void signal(String name, int index) throws IOException, InterruptedException {
        Server.run("sh", "-c", "kill -" + name + " " + processes[index].pid());
    }

    /** As its leases call it. */
    String name(int index) {
        return names[index];
    }

    int started() {
        return started;
    }

    /** What the workers wrote into their logs, all lines. */
    List<String> logs() throws IOException {
        var lines = new ArrayList<String>();
        try (var logs = Files.newDirectoryStream(folder, "worker-*.log")) {
            for (Path log : logs) {
                lines.addAll(Files.readAllLines(log));
            }
        }
        return lines;
    }

    @Override
    public void close() throws Exception {
        for (Process process : processes) {
            if (process != null) {
                process.getOutputStream().close();
            }
        }
        for (Process process : processes) {
            if (process != null && !process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}
