package dev.turnbuckle.cli.demo;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.jdbc.SqliteStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One run of {@code turnbuckle demo}. */
public final class Demo {
    /**
     * What was asked for.
     *
     * @param directory where to put the files; a new folder here when {@code null}
     * @param kills at random moments; 0 for the story with its own three
     * @param command how the user calls this program
     */
    public record Order(@Nullable Path directory, int kills, long seed, boolean json, String command) {}

    private final Order order;
    private final Screen screen;

    public Demo(Order order, Screen screen) {
        this.order = order;
        this.screen = screen;
    }

    /** @return whether everything that was counted is as promised */
    public boolean run() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        DemoFolder folder = folder();
        Script script = order.kills() > 0 ? Script.random(order.kills(), order.seed()) : Script.story();
        Stage stage = stage(folder);
        stage.begins(folder);
        var storage = SqliteStorage.at(folder.database());
        try (var turnbuckle = Turnbuckle.builder()
                .storage(storage)
                .remoteAgent(DemoFolder.AGENT)
                .build()) {
            var director = new Director(folder, script, stage, turnbuckle);
            try (director) {
                director.run();
            } catch (Director.Failure e) {
                stage.failed(String.valueOf(e.getMessage()));
                return false;
            }
            Tally.Count count = Tally.count(folder, storage, director.accepted(), director.kills());
            List<String> broken = count.broken(director.killsMeant());
            stage.counted(count, broken, Duration.ofNanos(System.nanoTime() - begun));
            return broken.isEmpty();
        }
    }

    private Stage stage(DemoFolder folder) {
        if (order.json()) {
            return new JsonStage(screen);
        }
        var table = new CountTable(screen, folder, order.command());
        return order.kills() > 0 ? new Brief(screen, table, order.kills(), order.seed()) : new Story(screen, table);
    }

    private DemoFolder folder() throws IOException {
        Path chosen = order.directory();
        if (chosen == null) {
            chosen = Path.of("turnbuckle-demo-" + HexFormat.of().toHexDigits((short) new Random().nextInt()));
        } else if (Files.exists(chosen.resolve("agents.db"))) {
            throw new WiringException(chosen + " already holds a demo; name another folder with --dir, or remove it");
        }
        try {
            Files.createDirectories(chosen);
        } catch (IOException e) {
            throw new WiringException("the folder " + chosen + " cannot be made here; name another with --dir: " + e);
        }
        return new DemoFolder(chosen);
    }
}
