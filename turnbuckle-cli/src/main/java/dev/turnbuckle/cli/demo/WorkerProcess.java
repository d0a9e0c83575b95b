package dev.turnbuckle.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A worker process as its parent sees it. */
final class WorkerProcess {
    /** 128 and the number of SIGKILL: how the system reports a process that {@code kill -9} ended. */
    static final int KILLED = 137;

    /** @param json what the worker printed; for {@code exited}, which it cannot print, its status */
    record Event(WorkerProcess worker, String type, JsonNode json) {
        String text(String name) {
            return json.path(name).asString("");
        }
    }

    private final Process process;
    private final Writer commands;

    private WorkerProcess(Process process) {
        this.process = process;
        this.commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    }

    /** Starts a JVM like this one; what it says arrives in {@code events}. */
    static WorkerProcess start(DemoFolder folder, String pace, BlockingQueue<Event> events) throws IOException {
        var worker = new WorkerProcess(new ProcessBuilder(command(folder, pace))
                .redirectError(ProcessBuilder.Redirect.appendTo(folder.log().toFile()))
                .start());
        Thread.ofPlatform().daemon().name("worker-" + worker.pid()).start(() -> worker.read(events));
        return worker;
    }

    private static List<String> command(DemoFolder folder, String pace) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        String cache = System.getProperty("turnbuckle.cache");
        if (cache != null) {
            command.add("-XX:AOTCache=" + cache);
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "dev.turnbuckle.cli.Main",
                "demo-worker",
                folder.path().toString(),
                pace));
        return command;
    }

    private void read(BlockingQueue<Event> events) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                events.add(parse(line));
            }
        } catch (IOException e) {
            // a killed process closes its end in the middle of a line
        }
        int status = process.onExit().join().exitValue();
        events.add(
                new Event(this, "exited", JsonMapper.shared().createObjectNode().put("status", status)));
    }

    private Event parse(String line) {
        try {
            JsonNode json = JsonMapper.shared().readTree(line);
            return new Event(this, json.path("type").asString(""), json);
        } catch (JacksonException e) {
            return new Event(
                    this, "garbled", JsonMapper.shared().createObjectNode().put("text", line));
        }
    }

    long pid() {
        return process.pid();
    }

    void hold(Holds.Moment moment) {
        send("hold " + moment.command());
    }

    void open() {
        send("open");
    }

    private void send(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException("worker " + pid() + " does not listen", e);
            }
        }
    }

    /** SIGKILL: nothing of the process runs any more, no handler, no {@code finally}. */
    void kill() {
        process.destroyForcibly();
    }

    /** Closes its input: it ends when it has read that. */
    void dismiss() {
        try {
            commands.close();
        } catch (IOException e) {
            // it is gone already
        }
    }

    void awaitEnd(Duration atMost) {
        try {
            process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
