package dev.turnbuckle.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the command in this process, as a program that reads its output would. */
record Shell(int status, String out, String err) {
    static Shell run(Object... arguments) {
        return with(Map.of(), arguments);
    }

    /** @param environment all that the user has set */
    static Shell with(Map<String, String> environment, Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var words = new String[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            words[i] = arguments[i].toString();
        }
        int status = Main.run(
                words,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment);
        return new Shell(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    List<String> lines() {
        return out.lines().toList();
    }

    List<JsonNode> json() {
        return out.lines().map(JsonMapper.shared()::readTree).toList();
    }

    /** What is told of a failure: one line, perhaps with where help is. */
    String complaint() {
        return err.lines()
                .filter(l -> !l.startsWith("Try '"))
                .reduce((a, b) -> a + " / " + b)
                .orElse("");
    }
}
