package dev.turnbuckle.langchain4j;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Usage;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes models from names: {@code openai:gpt-5-mini}, {@code openai-responses:…}, {@code anthropic:…}, {@code gemini:…},
 * {@code ollama:…}. Keys and addresses come from the environment unless they are given. Immutable; each wither returns a
 * copy.
 */
public final class VendorModels {
    private static final List<Dialect> DIALECTS =
            List.of(new OpenAiChat(), new OpenAiResponses(), new Anthropic(), new Gemini(), new Ollama());

    private final Map<String, String> environment;
    private final Map<String, String> parameters;
    private final CallLimits limits;
    private final @Nullable String baseUrl;
    private final @Nullable String key;
    private final @Nullable ModelLimiter limiter;

    private VendorModels(
            Map<String, String> environment,
            Map<String, String> parameters,
            CallLimits limits,
            @Nullable String baseUrl,
            @Nullable String key,
            @Nullable ModelLimiter limiter) {
        this.environment = Map.copyOf(environment);
        this.parameters = Map.copyOf(parameters);
        this.limits = limits;
        this.baseUrl = baseUrl;
        this.key = key;
        this.limiter = limiter;
    }

    /** Keys and addresses from the variables of this process. */
    public static VendorModels fromEnvironment() {
        return of(System.getenv());
    }

    /** @param environment names of variables to values, see {@link #vendors()} */
    public static VendorModels of(Map<String, String> environment) {
        return new VendorModels(environment, Map.of(), CallLimits.DEFAULT, null, null, null);
    }

    /** Every vendor that a name can begin with. */
    public static List<Vendor> vendors() {
        return DIALECTS.stream().map(Dialect::vendor).toList();
    }

    /**
     * Models made by the copy are asked at this address: a gateway, a local server, anybody who speaks like the vendor.
     * With {@code openai:} such a server needs no key. A path that is missing is the vendor's ({@code /v1}).
     */
    public VendorModels baseUrl(String baseUrl) {
        return new VendorModels(environment, parameters, limits, baseUrl, key, limiter);
    }

    /** A key that is not in the environment; it counts for every model that the copy makes. */
    public VendorModels key(String key) {
        return new VendorModels(environment, parameters, limits, baseUrl, key, limiter);
    }

    /**
     * A parameter of generation, such as {@code temperature}, {@code max_tokens}, {@code reasoning_effort}; one that a
     * vendor does not have is ignored there and listed in {@link VendorModel#parameters()}.
     */
    public VendorModels parameter(String name, String value) {
        return parameters(Map.of(name, value));
    }

    public VendorModels parameters(Map<String, String> more) {
        var all = new TreeMap<>(parameters);
        all.putAll(more);
        return new VendorModels(environment, all, limits, baseUrl, key, limiter);
    }

    /** From the request to the end of its answer; 30 minutes unless set. */
    public VendorModels timeout(Duration timeout) {
        return with(limits.whole(timeout));
    }

    /** The longest silence, before the answer and within it; 5 minutes unless set. */
    public VendorModels idleTimeout(Duration timeout) {
        return with(limits.idle(timeout));
    }

    /** Until a connection stands; 15 seconds unless set. */
    public VendorModels connectTimeout(Duration timeout) {
        return with(limits.connect(timeout));
    }

    /** What is read of one answer, on the wire; 64 MiB unless set. */
    public VendorModels maxAnswerBytes(long bytes) {
        return with(limits.answerBytes(bytes));
    }

    private VendorModels with(CallLimits next) {
        return new VendorModels(environment, parameters, next, baseUrl, key, limiter);
    }

    /** One limiter for all models that the copy makes. */
    public VendorModels limiter(ModelLimiter limiter) {
        return new VendorModels(environment, parameters, limits, baseUrl, key, limiter);
    }

    /**
     * Makes a model; nothing is asked yet.
     *
     * @param name prefix, colon, the vendor's own name
     * @throws InvalidInputException for a prefix that is none, a name that is missing, a parameter that no vendor has
     * @throws WiringException when a key is missing; names the variable
     */
    public VendorModel model(String name) {
        Dialect dialect = dialect(name);
        Endpoint endpoint = endpoint(dialect.vendor(), name);
        Parameters read = Parameters.of(parameters, dialect, endpoint, Parameters.names(DIALECTS, endpoint));
        return new VendorModel(
                dialect, endpoint, new ModelSpec(name, parameters), read, new Connection(endpoint, limits), limiter);
    }

    private static Dialect dialect(String name) {
        int colon = name.indexOf(':');
        String prefix = colon < 0 ? "" : name.substring(0, colon);
        return DIALECTS.stream()
                .filter(d -> d.vendor().prefix().equals(prefix))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("a model's name begins with "
                        + vendors().stream().map(v -> v.prefix() + ":").collect(Collectors.joining(", "))
                        + ", as in \"" + vendors().getFirst().example() + "\", not \"" + name + "\""));
    }

    private Endpoint endpoint(Vendor vendor, String name) {
        String model = name.substring(vendor.prefix().length() + 1).strip();
        if (model.isEmpty()) {
            throw new InvalidInputException(
                    "\"" + name + "\" names no model; write for example \"" + vendor.example() + "\"");
        }
        URI own = URI.create(vendor.defaultBaseUrl());
        URI address = Address.of(vendor, baseUrl, environment.get(vendor.baseUrlVariable()));
        return new Endpoint(vendor, model, address, key(vendor, address), own.equals(address));
    }

    private @Nullable String key(Vendor vendor, URI address) {
        String variable = vendor.keyVariable(environment);
        String found = key != null ? key : variable == null ? null : environment.get(variable);
        if (found != null && !found.isBlank()) {
            return usable(vendor, found.strip());
        }
        boolean needed = !vendor.keyVariables().isEmpty()
                && (!vendor.prefix().startsWith("openai") || address.equals(URI.create(vendor.defaultBaseUrl())));
        if (needed) {
            throw new WiringException(vendor.title() + " needs a key: set the environment variable "
                    + String.join(" or ", vendor.keyVariables()));
        }
        return null;
    }

    private static String usable(Vendor vendor, String key) {
        if (!key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new WiringException("the key of " + vendor.title() + " has a blank, a line break or another character"
                    + " that no key has; set " + String.join(" or ", vendor.keyVariables()) + " anew");
        }
        return key;
    }

    /** Asks the model for one word. What goes wrong is a result, not an exception. */
    public static ModelCheck check(Model model) throws InterruptedException {
        long start = Environment.system().nanos();
        var usage = new AtomicReference<>(Usage.NONE);
        var request = new ModelRequest(
                model.spec(), List.of(), List.of(Message.user("Answer with the word ok.")), List.of(), null);
        try {
            model.stream(request, event -> {
                if (event instanceof ModelEvent.Completed completed) {
                    usage.set(completed.usage());
                }
            });
            return new ModelCheck.Answered(since(start), usage.get());
        } catch (ModelFailure e) {
            return new ModelCheck.Failed(since(start), e.kind(), String.valueOf(e.getMessage()));
        }
    }

    private static Duration since(long start) {
        return Duration.ofNanos(Environment.system().nanos() - start);
    }
}
