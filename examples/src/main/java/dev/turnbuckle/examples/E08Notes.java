package dev.turnbuckle.examples;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.says;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.plugin.Plugin;
import dev.turnbuckle.plugin.PromptDraft;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.tool.StateKey;
import dev.turnbuckle.tool.Tool;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A plugin that remembers. Writes {@code agents.db} where it is started. */
public final class E08Notes {
    private E08Notes() {}

    // docs:plugin
    record Note(String text) {}

    record Notes(List<String> lines) {
        Notes plus(String line) {
            return new Notes(Stream.concat(lines.stream(), Stream.of(line)).toList());
        }
    }

    static final StateKey<Notes> NOTES = StateKey.of("notes", 1, Notes.class, () -> new Notes(List.of()));

    static final class NotesPlugin implements Plugin {
        @Override
        public String name() {
            return "notes";
        }

        @Override
        public void composePrompt(PromptDraft prompt) {
            prompt.add(
                    "notes",
                    "What you noted so far:\n"
                            + String.join("\n", prompt.state(NOTES).lines()));
        }

        /** The change is part of the call's recorded outcome: a recovered turn has it without running the tool again. */
        @Override
        public List<Tool> tools() {
            return List.of(Tool.idempotent("note", "Remember a fact about this user", Note.class, (n, call) -> {
                call.update(NOTES, notes -> notes.plus(n.text()));
                return "noted";
            }));
        }
    }
    // docs:end

    static Turnbuckle assistant(Path folder, ScriptedModel model) {
        return Turnbuckle.builder()
                .storage(SqliteStorage.at(folder.resolve("agents.db")))
                .model(model)
                .plugin(new NotesPlugin())
                .build();
    }

    static ScriptedModel model() {
        return ScriptedModel.of(
                calls("note", new Note("Is allergic to nuts.")), says("I will remember."), says("No nuts."));
    }

    static void run(Path folder, ScriptedModel before, ScriptedModel after, PrintStream out) {
        try (var turnbuckle = assistant(folder, before)) {
            out.println(turnbuckle.session("user-42").ask("I am allergic to nuts."));
        }
        try (var turnbuckle = assistant(folder, after)) {
            out.println(turnbuckle.session("user-42").ask("What should I avoid?"));
        }
    }

    public static void main(String[] args) {
        run(Path.of(""), model(), model(), System.out);
    }
}
