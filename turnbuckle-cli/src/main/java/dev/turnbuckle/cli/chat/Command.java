package dev.turnbuckle.cli.chat;

import java.util.List;
import java.util.Locale;

/** What a typed line means. */
sealed interface Command {
    /** Words for the model. */
    record Say(String text) implements Command {}

    record Help() implements Command {}

    /** @param id the session to go to; empty for a list */
    record Sessions(String id) implements Command {}

    record New() implements Command {}

    record Usage() implements Command {}

    /** @param name the model to go on with; empty to be told */
    record Model(String name) implements Command {}

    record Retry() implements Command {}

    record Quit() implements Command {}

    record Nothing() implements Command {}

    /** No command of ours. */
    record Unknown(String word) implements Command {}

    /** As {@code /help} tells them: the words, and what they do. */
    List<List<String>> HELP = List.of(
            List.of("/help", "this"),
            List.of("/sessions [ID]", "the last sessions; with an id: go to that one"),
            List.of("/new", "a new session"),
            List.of("/usage", "tokens of this session"),
            List.of("/model [NAME]", "the model; with a name: go on with that one"),
            List.of("/retry", "send your last input again"),
            List.of("/quit", "leave; Ctrl-D does too. A turn that runs goes on when you come back"));

    /** The first words of the above. */
    static List<String> words() {
        return HELP.stream().map(row -> row.getFirst().split(" ", 2)[0]).toList();
    }

    /**
     * A line that begins with a slash is a command, unless another slash follows in its first word: paths are often
     * pasted. Two slashes at the start stand for one that is meant for the model.
     */
    static Command of(String line) {
        String text = line.strip();
        if (text.isEmpty()) {
            return new Nothing();
        }
        if (text.startsWith("//")) {
            return new Say(text.substring(1));
        }
        String[] words = text.split("\\s+", 2);
        if (!text.startsWith("/") || words[0].indexOf('/', 1) > 0) {
            return new Say(text);
        }
        String rest = words.length > 1 ? words[1] : "";
        return switch (words[0].toLowerCase(Locale.ROOT)) {
            case "/help", "/?" -> new Help();
            case "/sessions", "/session" -> new Sessions(rest);
            case "/new" -> new New();
            case "/usage" -> new Usage();
            case "/model" -> new Model(rest);
            case "/retry" -> new Retry();
            case "/quit", "/exit", "/q" -> new Quit();
            default -> new Unknown(words[0]);
        };
    }
}
