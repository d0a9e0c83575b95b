package dev.turnbuckle.cli;

import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.langchain4j.ModelCheck;
import dev.turnbuckle.langchain4j.Vendor;
import dev.turnbuckle.langchain4j.VendorModels;
import dev.turnbuckle.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The vendors whose models can be named, and what the user's variables say of them. Shows names of variables, never values. */
final class Vendors {
    private static final int PREFIX = 18;

    private final Map<String, String> environment;
    private final Screen screen;
    private final boolean json;

    Vendors(Map<String, String> environment, Screen screen, boolean json) {
        this.environment = environment;
        this.screen = screen;
        this.json = json;
    }

    /** The models of a chain, {@code a,b}; nothing is asked yet. */
    static List<Model> models(
            Map<String, String> environment, String chain, @Nullable String baseUrl, Map<String, String> parameters) {
        VendorModels vendors = VendorModels.of(environment).parameters(parameters);
        VendorModels there = baseUrl == null ? vendors : vendors.baseUrl(baseUrl);
        var models = new ArrayList<Model>();
        for (String name : chain.split(",", -1)) {
            models.add(there.model(name.strip()));
        }
        return models;
    }

    /** The example of the first vendor that has a key; {@code null} when none has one. */
    static @Nullable String first(Map<String, String> environment) {
        return VendorModels.vendors().stream()
                .filter(v -> v.keyVariable(environment) != null)
                .map(Vendor::example)
                .findFirst()
                .orElse(null);
    }

    /** Variables that may hold a key, for a person who has to set one. */
    static String variables() {
        return VendorModels.vendors().stream()
                .filter(v -> !v.keyVariables().isEmpty())
                .map(v -> v.keyVariables().getFirst())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    void list() {
        for (Vendor vendor : VendorModels.vendors()) {
            boolean ready = vendor.configured(environment);
            if (json) {
                screen.json(JsonMapper.shared()
                        .createObjectNode()
                        .put("type", "vendor")
                        .put("prefix", vendor.prefix())
                        .put("title", vendor.title())
                        .put("ready", ready)
                        .put("keyVariable", vendor.keyVariable(environment))
                        .put("baseUrlVariable", isSet(vendor.baseUrlVariable()) ? vendor.baseUrlVariable() : null)
                        .put("example", vendor.example()));
            } else {
                screen.line(screen.mark(ready ? Mark.GOOD : Mark.FAINT, ready ? "ready  " : "       ")
                        + Screen.pad(vendor.prefix() + ":", PREFIX)
                        + say(vendor));
                screen.line(Screen.pad("", PREFIX + 7) + screen.mark(Mark.FAINT, "as in " + vendor.example()));
            }
        }
    }

    private String say(Vendor vendor) {
        String key = vendor.keyVariable(environment);
        String first = vendor.keyVariables().isEmpty()
                ? vendor.title() + ", needs no key"
                : key != null
                        ? vendor.title() + ", " + key + " is set"
                        : vendor.title() + ": set " + String.join(" or ", vendor.keyVariables());
        return isSet(vendor.baseUrlVariable()) ? first + "; " + vendor.baseUrlVariable() + " is set" : first;
    }

    private boolean isSet(String variable) {
        return !environment.getOrDefault(variable, "").isBlank();
    }

    /** @return whether all of them answered */
    boolean check(List<String> names, @Nullable String baseUrl) throws InterruptedException {
        List<String> chosen = names.isEmpty() ? ready() : names;
        if (chosen.isEmpty()) {
            throw new UsageException("no vendor has a key here; set one of " + variables()
                    + ", or name a model that needs none, as in --check ollama:qwen3");
        }
        boolean all = true;
        for (String name : chosen) {
            all &= check(name, baseUrl);
        }
        return all;
    }

    private List<String> ready() {
        String chain = environment.getOrDefault(AgentOptions.VARIABLE, "");
        return chain.isBlank()
                ? VendorModels.vendors().stream()
                        .filter(v -> v.keyVariable(environment) != null)
                        .map(Vendor::example)
                        .toList()
                : Arrays.stream(chain.split(",")).map(String::strip).toList();
    }

    private boolean check(String name, @Nullable String baseUrl) throws InterruptedException {
        Model model;
        try {
            model = models(environment, name, baseUrl, Map.of()).getFirst();
        } catch (TurnbuckleException e) { // one of several; the others are looked at too
            show(name, -1, false, "wiring", String.valueOf(e.getMessage()));
            return false;
        }
        return switch (VendorModels.check(model)) {
            case ModelCheck.Answered a -> {
                show(name, a.latency().toMillis(), true, "answered", a.usage().total() + " tokens");
                yield true;
            }
            case ModelCheck.Failed f -> {
                String kind = f.kind().name().toLowerCase(Locale.ROOT);
                show(name, f.latency().toMillis(), false, kind, f.message());
                yield false;
            }
        };
    }

    private void show(String name, long millis, boolean ok, String how, String text) {
        if (json) {
            var line = JsonMapper.shared()
                    .createObjectNode()
                    .put("type", "check")
                    .put("model", name)
                    .put("ok", ok)
                    .put("how", how)
                    .put("text", text);
            screen.json(millis < 0 ? line : line.put("millis", millis));
            return;
        }
        String sign = ok ? screen.mark(Mark.GOOD, "ok ") : screen.mark(Mark.BAD, "BAD");
        String took = millis < 0 ? "" : String.format(Locale.ROOT, "  %.2f s", millis / 1000.0);
        screen.line(sign + "  " + Screen.safe(name) + took + "  " + how + ": " + Screen.safe(text));
    }
}
