package dev.turnbuckle.cli;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.tool.Tool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the agent of a command is made of, as options. */
final class AgentOptions {
    /** Names the model where no option does. */
    static final String VARIABLE = "TURNBUCKLE_MODEL";

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "The model, as in openai:gpt-5-mini; several, divided by commas, are asked in order when one "
                    + "cannot answer. $TURNBUCKLE_MODEL when not given, else one of the first vendor that has a key; "
                    + "'turnbuckle models' lists them.")
    private @Nullable String model;

    @Option(
            names = "--base-url",
            paramLabel = "URL",
            description =
                    "Where the model is asked: a gateway, a local server; $OPENAI_BASE_URL and the like do the same.")
    private @Nullable String baseUrl;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "A parameter of generation, as in temperature=0.2 or reasoning_effort=low.")
    private Map<String, String> parameters = Map.of();

    @Option(names = "--instructions", paramLabel = "TEXT", description = "What the model is told first.")
    private @Nullable String instructions;

    @Option(
            names = "--script",
            paramLabel = "FILE",
            description = "A script in the place of a model; 'run --help' has one.")
    private @Nullable Path script;

    /** The name that was chosen; that of the script when there is one. */
    String model(Map<String, String> environment) {
        if (script != null) {
            return "script " + script;
        }
        String named = model == null ? environment.getOrDefault(VARIABLE, "") : model;
        String chosen = named.isBlank() ? Vendors.first(environment) : named;
        if (chosen == null) {
            throw new UsageException("no model is named and no vendor has a key here; set one of " + Vendors.variables()
                    + ", or name a local model, as in --model ollama:qwen3");
        }
        return chosen;
    }

    /**
     * The agent that asks these models. Nothing is asked yet.
     *
     * @param names as {@link #model} gives them
     * @throws dev.turnbuckle.error.TurnbuckleException for a name that is none, a key that is missing
     */
    Agent.Builder agent(Map<String, String> environment, String names, List<Tool> tools, String unlessTold) {
        if (baseUrl != null && baseUrl.isBlank()) {
            throw new UsageException("--base-url is empty; leave it out to ask the vendor");
        }
        Path scripted = script;
        List<Model> models = scripted == null
                ? Vendors.models(environment, names, baseUrl, parameters)
                : List.of(ScriptedModel.load(scripted));
        var agent = Agent.named(Agent.DEFAULT_NAME)
                .model(models.getFirst(), models.subList(1, models.size()).toArray(Model[]::new))
                .instructions(instructions == null ? unlessTold : instructions);
        var all = new ArrayList<>(tools);
        if (scripted != null) {
            all.addAll(ScriptedTools.load(scripted));
        }
        all.forEach(agent::tool);
        return agent;
    }
}
