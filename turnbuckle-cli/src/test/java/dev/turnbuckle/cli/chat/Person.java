package dev.turnbuckle.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Session;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.tool.Tool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Size;
import org.jline.terminal.impl.ExternalTerminal;

/** A person at a terminal that is only memory: types keys, sees what a chat shows. */
final class Person implements AutoCloseable {
    static final String CTRL_C = "\u0003";
    static final String CTRL_D = "\u0004";
    static final String ENTER = "\r";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final PipedOutputStream keys = new PipedOutputStream();
    private final StringBuilder screen = new StringBuilder();
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private volatile Turnbuckle turnbuckle;

    /** @param tools beside those that a chat always has: none */
    record Setting(Path database, String session, Model model, List<Tool> tools) {}

    private Person() {}

    /** At a terminal that edits lines. */
    static Person atTerminal(Setting setting, boolean colours) throws IOException {
        var person = new Person();
        var terminal = new ExternalTerminal(
                "test",
                "xterm-256color",
                new PipedInputStream(person.keys, 1 << 16),
                person.seen(),
                StandardCharsets.UTF_8);
        terminal.setSize(Size.of(80, 24));
        person.start(setting, new EditingConsole(terminal, colours, null));
        return person;
    }

    /** At one that is called dumb, or at the end of a pipe. */
    static Person atLines(Setting setting, boolean interactive) throws IOException {
        var person = new Person();
        var in = new InputStreamReader(new PipedInputStream(person.keys, 1 << 16), StandardCharsets.UTF_8);
        var out = new Screen(new PrintStream(person.seen(), true, StandardCharsets.UTF_8), false);
        person.start(setting, new LineConsole(new BufferedReader(in), out, 79, interactive));
        return person;
    }

    private void start(Setting setting, Console console) {
        Thread.ofPlatform().daemon().start(() -> {
            try (console) {
                status.complete(new Chat(
                                console,
                                runtimes(setting),
                                setting.model().spec().name(),
                                "ann")
                        .run());
            } catch (RuntimeException e) { // seen by whoever asks for the status
                status.completeExceptionally(e);
            }
        });
    }

    private Chat.Runtimes runtimes(Setting setting) {
        return new Chat.Runtimes() {
            @Override
            public void requireModel(String model) {
                if (model.equals("wrong")) {
                    throw new WiringException(
                            "no model is called wrong; call it right, which is what remedies are for");
                }
            }

            @Override
            public Turnbuckle open(String model) {
                if (turnbuckle != null) {
                    turnbuckle.close();
                }
                var agent =
                        Agent.named(Agent.DEFAULT_NAME).model(setting.model()).newInputSupersedesWaits();
                setting.tools().forEach(agent::tool);
                turnbuckle = Turnbuckle.builder()
                        .storage(SqliteStorage.at(setting.database()))
                        .agent(agent.build())
                        .build();
                return turnbuckle;
            }

            @Override
            public String first(Turnbuckle opened) {
                return setting.session();
            }

            @Override
            public void requireOurs(Session session) {}

            @Override
            public String newId() {
                return "another";
            }

            @Override
            public Map<String, String> context() {
                return Map.of();
            }
        };
    }

    private OutputStream seen() {
        return new OutputStream() {
            private final java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();

            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] more, int from, int length) {
                synchronized (screen) {
                    bytes.write(more, from, length);
                    screen.setLength(0);
                    screen.append(bytes.toString(StandardCharsets.UTF_8));
                    screen.notifyAll();
                }
            }
        };
    }

    /** Everything that was ever sent to the screen, as it was sent. */
    String raw() {
        synchronized (screen) {
            return screen.toString();
        }
    }

    /** The same without control sequences. */
    String text() {
        return raw().replaceAll("\u001b\\[[0-9;?]*[A-Za-z]|\u001b[=>78]|\r|\u0007", "");
    }

    void types(String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    /** Waits until the text was shown; then everything up to it is behind. */
    Person sees(String text) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        synchronized (screen) {
            while (text().indexOf(text, behind) < 0) {
                long left = (until - System.nanoTime()) / 1_000_000;
                assertThat(left)
                        .as("waiting for «%s» in: %s", text, text().substring(behind))
                        .isPositive();
                assertThat(status).as("the chat goes on").isNotCompletedExceptionally();
                screen.wait(Math.min(left, 200));
            }
            behind = text().indexOf(text, behind) + text.length();
        }
        return this;
    }

    private int behind;

    int status() throws Exception {
        return status.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** As a crash would leave it: nothing runs on, nothing is said. */
    void crashes() {
        turnbuckle.closeNow();
    }

    void somebodyElseApproves(String name) {
        turnbuckle.waits().open().forEach(w -> turnbuckle.waits().approve(w.id(), name));
    }

    void endOfInput() throws IOException {
        keys.close();
    }

    @Override
    public void close() throws IOException {
        Turnbuckle open = turnbuckle;
        if (open != null) {
            open.closeNow();
        }
        keys.close();
    }
}
