package dev.turnbuckle.langchain4j;

import dev.turnbuckle.error.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The parameters of one model, read and checked once. */
record Parameters(Map<Parameter, JsonNode> values, boolean structured, ParameterReport report) {
    /** Ours, and every vendor's: {@code false} asks for the answer's schema in words, not in a field. */
    private static final Parameter STRUCTURED =
            new Parameter("structured_output", "(how the answer's schema is asked for)", Parameter.Kind.FLAG);

    /**
     * @param names of every vendor: what is in none of them is a slip of the pen
     * @throws InvalidInputException for a name that no vendor has, or a value that is not of its kind
     */
    static Parameters of(Map<String, String> given, Dialect dialect, Endpoint endpoint, TreeSet<String> names) {
        var values = new LinkedHashMap<Parameter, JsonNode>();
        var taken = new TreeMap<String, String>();
        var ignored = new TreeMap<String, String>();
        List<Parameter> all = Parameter.and(dialect.parameters(endpoint), STRUCTURED);
        new TreeMap<>(given).forEach((name, text) -> {
            List<Parameter> fields =
                    all.stream().filter(p -> p.name().equals(name)).toList();
            if (!names.contains(name)) {
                throw new InvalidInputException(
                        "no vendor has a parameter \"" + name + "\"; there are " + String.join(", ", names));
            }
            if (fields.isEmpty()) {
                ignored.put(name, endpoint.vendor().title() + " has no such parameter");
            } else {
                values.put(fields.getFirst(), fields.getFirst().value(text));
                taken.put(name, fields.getFirst().field());
            }
        });
        JsonNode structured = values.remove(STRUCTURED);
        return new Parameters(
                values, structured == null || structured.booleanValue(), new ParameterReport(taken, ignored));
    }

    /** Names that some vendor knows. */
    static TreeSet<String> names(List<Dialect> dialects, Endpoint endpoint) {
        var names = new TreeSet<String>();
        names.add(STRUCTURED.name());
        for (Dialect dialect : dialects) {
            dialect.parameters(endpoint).forEach(p -> names.add(p.name()));
        }
        return names;
    }

    void writeTo(ObjectNode body) {
        values.forEach((parameter, value) -> parameter.put(body, value));
    }

    boolean has(String name) {
        return values.keySet().stream().anyMatch(p -> p.name().equals(name));
    }

    /** What an answer may have; 0 when nothing is said. */
    long maxTokens() {
        return values.entrySet().stream()
                .filter(e -> e.getKey().name().equals("max_tokens"))
                .mapToLong(e -> e.getValue().asLong())
                .sum();
    }
}
