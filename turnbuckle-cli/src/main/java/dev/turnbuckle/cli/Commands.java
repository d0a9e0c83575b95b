package dev.turnbuckle.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;

/** The subcommands. Reading the options of one takes milliseconds, so only the one that is called is read. */
final class Commands {
    private static final Map<String, Function<Main, Object>> ALL = all();

    private Commands() {}

    private static Map<String, Function<Main, Object>> all() {
        var all = new LinkedHashMap<String, Function<Main, Object>>();
        all.put("chat", ChatCommand::new);
        all.put("demo", DemoCommand::new);
        all.put("run", RunCommand::new);
        all.put("models", ModelsCommand::new);
        all.put("sessions", SessionsCommand::new);
        all.put("worker", WorkCommand::new);
        all.put("leases", LeasesCommand::new);
        all.put("doctor", DoctorCommand::new);
        all.put("completion", CompletionCommand::new);
        all.put("demo-worker", WorkerCommand::new);
        all.put("warm-up", WarmUpCommand::new);
        return all;
    }

    /** Adds the one that the arguments name; all of them when they name none, for help and for what is misspelt. */
    static CommandLine named(Main main, String... arguments) {
        var line = new CommandLine(main);
        Arrays.stream(arguments)
                .filter(ALL::containsKey)
                .findFirst()
                .ifPresentOrElse(
                        name -> line.addSubcommand(
                                ALL.getOrDefault(name, m -> m).apply(main)),
                        () -> ALL.values().forEach(command -> line.addSubcommand(command.apply(main))));
        return line;
    }
}
