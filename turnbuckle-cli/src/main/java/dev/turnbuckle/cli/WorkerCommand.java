package dev.turnbuckle.cli;

import dev.turnbuckle.cli.demo.DemoFolder;
import dev.turnbuckle.cli.demo.Worker;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A worker process of {@code turnbuckle demo}, which alone starts it. */
@Command(name = "demo-worker", hidden = true)
final class WorkerCommand implements Callable<Integer> {
    private final Main main;

    @Parameters(index = "0")
    private Path folder = Path.of("");

    @Parameters(index = "1")
    private String pace = "";

    WorkerCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() throws Exception {
        Logs.show(true);
        Worker.run(new DemoFolder(folder), pace, main.out());
        return 0;
    }
}
