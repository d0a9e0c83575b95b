package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.agent.Budget;
import dev.turnbuckle.plugin.Plugin;
import dev.turnbuckle.plugin.PromptDraft;
import dev.turnbuckle.tool.EffectClass;
import dev.turnbuckle.tool.StateKey;
import dev.turnbuckle.tool.Tool;
import dev.turnbuckle.tool.ToolCall;
import dev.turnbuckle.tool.ToolContext;
import dev.turnbuckle.tool.ToolResult;
import dev.turnbuckle.tool.ToolSpec;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the simulated sessions run, as one life of a node registers it. */
final class Agents {
    /** Leaves approvals open when somebody writes again. */
    static final String PATIENT = "patient";

    /** Takes a new input for the answer (T6), has little time, sees little of what was, and a second model. */
    static final String HASTY = "hasty";

    static final String GATHERING = "gathering";

    /** Entries of the history that the hasty agent's model sees. */
    static final int WINDOW = 6;

    /** Driven time of the hasty agent's turns. */
    static final Duration LIMIT = Duration.ofSeconds(2);

    /** How long a person may take over a call. */
    static final Duration DECISION = Duration.ofSeconds(5);

    /** When somebody else is asked too. */
    static final Duration ESCALATION = Duration.ofSeconds(2);

    static final Duration TOOL_TIMEOUT = Duration.ofSeconds(3);

    /** Bodies that have worked for a session, in the order in which they ended. */
    record Ledger(List<String> done) {
        Ledger with(String more) {
            var next = new java.util.ArrayList<>(done);
            next.add(more);
            return new Ledger(List.copyOf(next));
        }
    }

    static final StateKey<Ledger> LEDGER = StateKey.of("ledger", 1, Ledger.class, () -> new Ledger(List.of()));

    /** Made once: a life of a node is short. */
    private static final Map<Errand, ToolSpec> SPECS = specs();

    private static Map<Errand, ToolSpec> specs() {
        var specs = new EnumMap<Errand, ToolSpec>(Errand.class);
        for (Errand errand : Errand.values()) {
            specs.put(errand, spec(errand));
        }
        return specs;
    }

    private final World world;
    private final Life life;

    Agents(World world, Life life) {
        this.world = world;
        this.life = life;
    }

    Agent patient() {
        return agent(PATIENT).build();
    }

    Agent hasty() {
        return agent(HASTY)
                .model(new SimulatedModel(world, life, "script"), new SimulatedModel(world, life, "stand-in"))
                .newInputSupersedesWaits()
                .budget(Budget.DEFAULT.wallClock(LIMIT))
                .historyEntries(WINDOW)
                .build();
    }

    /** Answers what waits together in one turn (T1). */
    Agent gathering() {
        return agent(GATHERING).mergeInputs().build();
    }

    private Agent.Builder agent(String name) {
        var builder = Agent.named(name)
                .model(new SimulatedModel(world, life, "script"))
                .plugin(new Told());
        for (Errand errand : Errand.values()) {
            builder.tool(tool(errand));
        }
        return builder;
    }

    private Tool tool(Errand errand) {
        var bodies = new Bodies(world, life, errand);
        return new Tool() {
            @Override
            public ToolSpec spec() {
                return Objects.requireNonNull(SPECS.get(errand));
            }

            @Override
            public ToolResult call(ToolCall call, ToolContext context) throws InterruptedException {
                return ToolResult.of(bodies.run(Script.taskOf(call.arguments()), context));
            }

            @Override
            public boolean approvalNeeded(ToolCall call) {
                return errand.approved();
            }
        };
    }

    private static ToolSpec spec(Errand errand) {
        int attempts = errand.effectClass() == EffectClass.IDEMPOTENT ? 2 : 1;
        var limits = new ToolSpec.Limits(
                TOOL_TIMEOUT,
                1_000,
                8,
                attempts,
                Duration.ofMillis(100),
                DECISION,
                new ToolSpec.Limits.Escalation(ESCALATION, "boss"));
        return new ToolSpec(
                errand.tool(),
                "Errand of class " + errand.effectClass(),
                "{\"type\":\"object\",\"properties\":{\"task\":{\"type\":\"string\"}},\"required\":[\"task\"]}",
                errand.effectClass(),
                errand.onUnknown(),
                limits);
    }

    /** Tells the prompt what the model otherwise could not know. */
    private static final class Told implements Plugin {
        @Override
        public String name() {
            return "told";
        }

        @Override
        public void composePrompt(PromptDraft prompt) {
            prompt.add("session", "session " + prompt.session());
            prompt.add("input", "input " + prompt.context("input").orElse(""));
            prompt.add(
                    "ledger", "ledger " + String.join(" ", prompt.state(LEDGER).done()));
        }
    }
}
