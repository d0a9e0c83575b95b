package dev.turnbuckle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class E08NotesTest {
    @TempDir
    Path folder;

    @Test
    void whatWasNotedIsInThePromptAfterARestart() {
        var out = new ByteArrayOutputStream();
        var after = E08Notes.model();
        E08Notes.run(folder, E08Notes.model(), after, new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).containsExactly("I will remember.", "No nuts.");
        assertThat(after.requests())
                .singleElement()
                .satisfies(request ->
                        assertThat(request.system()).containsExactly("What you noted so far:\nIs allergic to nuts."));
    }
}
