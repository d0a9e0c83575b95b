package dev.turnbuckle.testkit;

import dev.turnbuckle.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What is never written to a cassette, and what stands there instead. Filtering what is filtered already changes
 * nothing, so a request that is looked up has the form of the recorded one.
 */
record Secrets(List<Rule> rules) {
    static final String HIDDEN = "[secret]";

    record Rule(Pattern pattern, String replacement) {
        String applied(String text) {
            return pattern.matcher(text).replaceAll(replacement);
        }
    }

    /** Between a name and its value: as in a header, in a setting, in JSON, and in JSON that is a text of JSON. */
    private static final String IS = "\\\\*[\"']?\\s*[:=]\\s*\\\\*[\"']?";

    private static final String VALUE = "[^\\s\"'\\\\,;}]";

    /** Keys by the shapes that vendors give them, headers and settings by their names. */
    static final Secrets KNOWN = new Secrets(List.of(
            whole("\\bsk-(?:[A-Za-z0-9]{1,12}-){0,3}[A-Za-z0-9_-]{20,}"), // OpenAI, Anthropic, OpenRouter, DeepSeek
            whole("\\bAIza[A-Za-z0-9_-]{30,}"), // Google
            whole("\\bya29\\.[A-Za-z0-9_-]{20,}"), // Google, short-lived
            whole("\\b(?:xai|gsk|pplx|nvapi|csk)[-_][A-Za-z0-9_-]{20,}"), // xAI, Groq, Perplexity, NVIDIA, Cerebras
            whole("\\b(?:hf|r8)_[A-Za-z0-9]{20,}"), // Hugging Face, Replicate
            whole("\\b(?:gh[opsur]_|github_pat_|glpat-)[A-Za-z0-9_-]{20,}"), // GitHub, GitLab
            whole("\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b"), // AWS
            whole("\\bxox[abeoprs]-[A-Za-z0-9-]{10,}"), // Slack
            whole("\\beyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*"), // JSON web tokens
            whole("-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]*-----END [A-Z ]{0,20}PRIVATE KEY-----"),
            behind("(?i)\\bauthorization" + IS + "(?:basic|bearer|token|negotiate)\\s+", VALUE + "{6,}"),
            behind("(?i)\\bauthorization" + IS, VALUE + "{12,}"),
            behind("(?i)\\bapi[-_]?key" + IS, VALUE + "{12,}"),
            behind("(?i)\\bbearer\\s+", "[A-Za-z0-9._~+/=-]{12,}")));

    Secrets {
        rules = List.copyOf(rules);
    }

    private static Rule whole(String regex) {
        return new Rule(Pattern.compile(regex), Matcher.quoteReplacement(HIDDEN));
    }

    /** The name stays, its value goes. */
    private static Rule behind(String name, String value) {
        return new Rule(Pattern.compile("(" + name + ")" + value), "$1" + Matcher.quoteReplacement(HIDDEN));
    }

    Secrets and(String regex, String replacement) {
        var rule = new Rule(compiled(regex), Matcher.quoteReplacement(replacement));
        if (!rule.applied(replacement).equals(replacement)) {
            throw new InvalidInputException("\"" + replacement + "\" in the place of what matches \"" + regex
                    + "\" would be replaced again and again; choose one that is not changed by its own pattern");
        }
        var all = new ArrayList<>(rules);
        all.add(rule);
        return new Secrets(all);
    }

    private static Pattern compiled(String regex) {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new InvalidInputException("\"" + regex + "\" is no regular expression: " + e.getDescription()
                    + " near index " + e.getIndex() + "; Pattern.quote(…) makes one of a plain text");
        }
    }

    String hide(String text) {
        String left = text;
        for (Rule rule : rules) {
            left = rule.applied(left);
        }
        return left;
    }
}
