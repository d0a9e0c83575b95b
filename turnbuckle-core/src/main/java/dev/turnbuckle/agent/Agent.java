package dev.turnbuckle.agent;

import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.plugin.Plugin;
import dev.turnbuckle.tool.MethodTool;
import dev.turnbuckle.tool.Tool;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a session runs: stored in the session by name, so that any node that registers the name can go on. Immutable.
 *
 * @param fallbacks asked in this order when a model before them cannot answer
 * @param newInputSupersedesWaits T6: a new user input answers what the open turn waits for, as superseded
 * @param mergesInputs T1: inputs that wait together become one turn
 * @param historyEntries how many of the newest entries the model sees at most; cut at a user message
 */
public record Agent(
        String name,
        Model model,
        List<Model> fallbacks,
        String instructions,
        Map<String, Tool> tools,
        List<Plugin> plugins,
        Budget budget,
        int historyEntries,
        List<Redaction> redactions,
        boolean newInputSupersedesWaits,
        boolean mergesInputs) {
    public static final String DEFAULT_NAME = "default";
    public static final int DEFAULT_HISTORY_ENTRIES = 1_000;

    /** The model and its fallbacks, in order. */
    public List<Model> models() {
        return Stream.concat(Stream.of(model), fallbacks.stream()).toList();
    }

    /** What must not be kept: matches of the pattern are replaced in every outcome before anybody sees it (J7). */
    public record Redaction(Pattern pattern, String replacement) {}

    /** The text as it may be recorded. */
    public String redacted(String text) {
        String clean = text;
        for (Redaction r : redactions) {
            clean = r.pattern().matcher(clean).replaceAll(r.replacement());
        }
        return clean;
    }

    public static Builder named(String name) {
        return new Builder(name);
    }

    public static final class Builder {
        private final String name;
        private @Nullable Model model;
        private List<Model> fallbacks = List.of();
        private String instructions = "";
        private final Map<String, Tool> tools = new LinkedHashMap<>();
        private final Map<String, Plugin> plugins = new LinkedHashMap<>();
        private Budget budget = Budget.DEFAULT;
        private final List<Redaction> redactions = new ArrayList<>();
        private boolean newInputSupersedesWaits;
        private boolean mergesInputs;
        private int historyEntries = DEFAULT_HISTORY_ENTRIES;

        private Builder(String name) {
            if (name.isBlank()) {
                throw new WiringException("an agent needs a name");
            }
            this.name = name;
        }

        /**
         * @param fallbacks asked in this order when a model before them cannot answer and has shown nothing yet: rate
         *     limit, overload, network, timeout, context too large, no valid key. Which model answered is recorded
         */
        public Builder model(Model model, Model... fallbacks) {
            this.model = model;
            this.fallbacks = List.of(fallbacks);
            return this;
        }

        public Builder instructions(String instructions) {
            this.instructions = instructions;
            return this;
        }

        /** @throws WiringException when another tool has this name */
        public Builder tool(Tool tool) {
            if (tools.putIfAbsent(tool.name(), tool) != null) {
                throw new WiringException("agent \"" + name + "\" has two tools named \"" + tool.name() + "\"");
            }
            return this;
        }

        /** Every method of the object that carries {@link dev.turnbuckle.tool.ToolMethod}. */
        public Builder tools(Object bean) {
            MethodTool.of(bean).forEach(this::tool);
            return this;
        }

        public Builder plugin(Plugin plugin) {
            if (plugins.putIfAbsent(plugin.name(), plugin) == null) {
                plugin.tools().forEach(this::tool);
            }
            return this;
        }

        public Builder budget(Budget budget) {
            this.budget = budget;
            return this;
        }

        /**
         * Replaces matches in what models and tools return, before it is recorded, shown or sent on (J7). With at least
         * one such rule, streamed text is shown when its answer is complete, since a secret may span two deltas.
         */
        public Builder redact(Pattern pattern, String replacement) {
            redactions.add(new Redaction(pattern, replacement));
            return this;
        }

        /**
         * A person who writes again while a turn waits for a decision does not wait for it: the open waits are answered
         * as superseded, the turn ends, and the new input is next (T6).
         */
        public Builder newInputSupersedesWaits() {
            this.newInputSupersedesWaits = true;
            return this;
        }

        /**
         * What a user sent while nobody answered is answered in one turn, the oldest input's; the others name the turn
         * that they joined (T1). An input with an answer type, or with another context, stays alone.
         */
        public Builder mergeInputs() {
            this.mergesInputs = true;
            return this;
        }

        /** @param most how many of the newest entries of the history the model sees */
        public Builder historyEntries(int most) {
            if (most < 1) {
                throw new WiringException("the model must see at least one entry: " + most);
            }
            this.historyEntries = most;
            return this;
        }

        /** @throws WiringException when the model is missing */
        public Agent build() {
            if (model == null) {
                throw new WiringException("agent \"" + name + "\" has no model; call .model(…)");
            }
            if (!fallbacks.isEmpty()) {
                requireDistinct(model);
            }
            return new Agent(
                    name,
                    model,
                    fallbacks,
                    instructions,
                    java.util.Collections.unmodifiableMap(new LinkedHashMap<>(tools)),
                    new ArrayList<>(plugins.values()),
                    budget,
                    historyEntries,
                    List.copyOf(redactions),
                    newInputSupersedesWaits,
                    mergesInputs);
        }

        private void requireDistinct(Model first) {
            var names = new HashSet<String>();
            names.add(first.spec().name());
            for (Model next : fallbacks) {
                if (!names.add(next.spec().name())) {
                    throw new WiringException("agent \"" + name + "\" has the model \""
                            + next.spec().name() + "\" twice in its chain");
                }
            }
        }
    }
}
