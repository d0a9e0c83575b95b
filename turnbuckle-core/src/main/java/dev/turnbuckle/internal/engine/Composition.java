package dev.turnbuckle.internal.engine;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.plugin.Plugin;
import dev.turnbuckle.plugin.PromptDraft;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.tool.EffectClass;
import dev.turnbuckle.tool.StateKey;
import dev.turnbuckle.tool.Tool;
import dev.turnbuckle.tool.ToolSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a turn is composed of, pinned by its first effect (T3): prompt components, tool catalogue, model, and where the
 * visible history begins. A re-driven turn composes from the record; a deploy in between changes code only.
 *
 * @param identity hash of the recorded form; part of every model request
 * @param models the chain: each is asked when those before it cannot answer
 */
record Composition(
        String identity,
        List<ModelSpec> models,
        List<String> system,
        Map<String, ToolSpec> tools,
        @Nullable String answerSchema,
        long from) {
    private static final String KEY = "composition";

    static Composition of(
            Agent agent, TurnFacts facts, TurnState state, TurnJournal journal, TurnPort port, long from) {
        String request = Json.object().put("agent", agent.name()).toString();
        JournalEntry recorded = journal.recall(KEY, request);
        Draft draft = new Draft(agent, facts, state, from);
        String known = journal.outcome(recorded);
        if (known != null) {
            return draft.read(known, port);
        }
        String outcome = Json.write(draft.outcome);
        Instant now = port.environment().now();
        journal.done(
                KEY,
                KEY,
                EffectClass.READ,
                request,
                outcome,
                new TurnJournal.Timing(now, now, 1),
                List.copyOf(draft.parts.values()));
        return draft.composed(outcome);
    }

    /** Today's composition, and its parts by hash so that an unchanged record needs no reading. */
    private static final class Draft {
        final Map<String, Blob> parts = new LinkedHashMap<>();
        final Outcomes.CompositionOutcome outcome;
        private final List<String> system;
        private final List<ToolSpec> specs;
        private final @Nullable String schema;

        Draft(Agent agent, TurnFacts facts, TurnState state, long from) {
            var prompt = new Prompt(facts, state);
            if (!agent.instructions().isEmpty()) {
                prompt.add("instructions", agent.instructions());
            }
            for (Plugin plugin : agent.plugins()) {
                plugin.composePrompt(prompt);
            }
            system = List.copyOf(prompt.texts().values());
            specs = agent.tools().values().stream().map(Tool::spec).toList();
            schema = facts.answerSchema();
            ModelSpec model = agent.model().spec();
            List<ModelSpec> fallbacks =
                    agent.fallbacks().stream().map(Model::spec).toList();
            outcome = new Outcomes.CompositionOutcome(
                    model.name(),
                    model.parameters(),
                    keep(Json.write(prompt.components())),
                    keep(Json.write(specs)),
                    schema == null ? null : keep(schema),
                    from,
                    fallbacks.isEmpty() ? null : fallbacks);
        }

        private String keep(String text) {
            Blob blob = Blob.of(text);
            parts.put(blob.hash(), blob);
            return blob.hash();
        }

        /** What {@link #read} would make of the record. */
        Composition composed(String json) {
            return new Composition(Hash.of(json), chain(outcome), system, byName(specs), schema, outcome.from());
        }

        private static List<ModelSpec> chain(Outcomes.CompositionOutcome o) {
            var models = new ArrayList<ModelSpec>();
            models.add(new ModelSpec(o.model(), o.parameters()));
            if (o.fallbacks() != null) {
                models.addAll(o.fallbacks());
            }
            return List.copyOf(models);
        }

        private static Map<String, ToolSpec> byName(List<ToolSpec> specs) {
            var tools = new LinkedHashMap<String, ToolSpec>();
            specs.forEach(t -> tools.put(t.name(), t));
            return tools;
        }

        Composition read(String json, TurnPort port) {
            var o = Json.read(json, Outcomes.CompositionOutcome.class);
            var tools = byName(Json.readList(text(o.tools(), port), ToolSpec.class));
            List<String> system = Json.readList(text(o.prompt(), port), Outcomes.PromptComponent.class).stream()
                    .map(Outcomes.PromptComponent::text)
                    .toList();
            String schema = o.answerSchema() == null ? null : text(o.answerSchema(), port);
            return new Composition(Hash.of(json), chain(o), system, tools, schema, o.from());
        }

        private String text(String hash, TurnPort port) {
            Blob mine = parts.get(hash);
            return (mine == null ? port.blob(hash) : mine).text();
        }
    }

    private record Prompt(TurnFacts facts, TurnState turnState, Map<String, String> texts) implements PromptDraft {
        Prompt(TurnFacts facts, TurnState state) {
            this(facts, state, new LinkedHashMap<>());
        }

        @Override
        public String session() {
            return facts.session();
        }

        @Override
        public Optional<String> context(String name) {
            return Optional.ofNullable(facts.context().get(name));
        }

        @Override
        public void add(String name, String text) {
            texts.put(name, text);
        }

        @Override
        public <S> S state(StateKey<S> key) {
            turnState.load(key);
            return turnState.read(key, List.of());
        }

        List<Outcomes.PromptComponent> components() {
            var components = new ArrayList<Outcomes.PromptComponent>();
            texts.forEach((name, text) -> components.add(new Outcomes.PromptComponent(name, text)));
            return components;
        }
    }
}
