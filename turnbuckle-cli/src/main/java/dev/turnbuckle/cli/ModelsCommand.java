package dev.turnbuckle.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnbuckle models}. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        header = "Say which vendors' models can be used here, and try them.",
        description = {
            "",
            "A vendor is ready when the variable with its key is set; the key itself is shown nowhere. --check sends a "
                    + "tiny request, which costs a few tokens.",
            ""
        },
        footer = {
            "",
            "Exit status: 0, or 1 when a checked model did not answer.",
            "",
            "  turnbuckle models --check                       every vendor that has a key",
            "  turnbuckle models --check openai:gpt-5-mini     that one",
            "  turnbuckle models --check openai:qwen3 --base-url http://localhost:8000/v1"
        })
final class ModelsCommand implements Callable<Integer> {
    @Option(names = "--check", description = "Ask the models for one word each, and say how long it took.")
    private boolean check;

    @Option(names = "--base-url", paramLabel = "URL", description = "Where they are asked.")
    private @Nullable String baseUrl;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..*",
            description = "What to check; the vendors that have a key when not given.")
    private List<String> names = List.of();

    private final Main main;

    ModelsCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() throws InterruptedException {
        Logs.show(main.verbose());
        if (!check && !names.isEmpty()) {
            throw new UsageException("names are for --check; give that too");
        }
        var vendors = new Vendors(main.environment(), main.screen(), main.json());
        if (!check) {
            vendors.list();
            return 0;
        }
        return vendors.check(names, baseUrl) ? 0 : Errors.FAILED;
    }
}
