package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.SessionView;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.TurnSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thirty turns with a tool in each, over HTTP and on SQLite, in a process that is killed at random moments. */
@Tag("full")
class KilledConversationTest {
    private static final int TURNS = 30;
    private static final int KILLS = 8;

    /** What happens in about four turns. */
    private static final int LONGEST_LIFE = 90;

    private static final int KILLED = 128 + 9;

    private static Aimock server;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = Aimock.serving();
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "openai:gpt-5",
                "openai-responses:gpt-5",
                "anthropic:claude-opus-4-5",
                "gemini:gemini-2.5-pro",
            })
    void everyTurnIsCommittedOnceAndNoNoteIsWrittenTwice(String model) throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        int kills = 0;
        while (!lives(model, kills < KILLS ? 1 + random.nextInt(LONGEST_LIFE) : Integer.MAX_VALUE)) {
            kills++;
        }
        assertThat(kills).as("kills").isBetween(4, KILLS);

        Path database = folder.resolve("agents.db");
        try (Turnbuckle turnbuckle =
                ConversationChild.runtime(database, folder.resolve("unused"), WireTest.model(server.url(), model))) {
            var session = turnbuckle.session(ConversationChild.SESSION);
            check(session.view(), session.turns(PageRequest.first(1_000)).items(), "seed " + seed);
        }
    }

    /** @return whether the process came to its end before so many events */
    private boolean lives(String model, int events) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ConversationChild.class.getName(),
                        folder.resolve("agents.db").toString(),
                        folder.resolve("ledger.txt").toString(),
                        server.url(),
                        model,
                        Integer.toString(TURNS))
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("stderr.txt").toFile()))
                .start();
        try (var out = child.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            for (int i = 1; i < events && line != null && !line.equals(ConversationChild.FINISHED); i++) {
                line = out.readLine();
            }
            if (line != null && !line.equals(ConversationChild.FINISHED)) {
                child.destroyForcibly();
                assertThat(child.waitFor()).isEqualTo(KILLED);
                return false;
            }
            out.lines().forEach(rest -> {});
        }
        assertThat(child.waitFor())
                .as(Files.readString(folder.resolve("stderr.txt")))
                .isZero();
        return true;
    }

    private void check(SessionView view, List<TurnSummary> turns, String seed) throws IOException {
        assertThat(view.revision()).as(seed).isEqualTo(TURNS);
        assertThat(view.openTurn()).isNull();
        assertThat(turns)
                .as(seed)
                .hasSize(TURNS)
                .allSatisfy(turn -> assertThat(turn.outcome()).isInstanceOf(TurnOutcome.Answered.class));
        List<String> all =
                IntStream.rangeClosed(1, TURNS).mapToObj(i -> "turn " + i).toList();
        assertThat(said(view, Message.Role.USER)).as(seed).containsExactlyElementsOf(all);
        assertThat(answers(view))
                .as(seed)
                .containsExactlyElementsOf(all.stream()
                        .map(turn -> "That was " + turn + ", and it is noted down.")
                        .toList());
        List<Part.ToolResult> results = view.entries().stream()
                .flatMap(e -> e.message().parts().stream())
                .filter(Part.ToolResult.class::isInstance)
                .map(Part.ToolResult.class::cast)
                .toList();
        assertThat(results).as(seed).hasSize(TURNS);
        assertThat(Files.readAllLines(folder.resolve("ledger.txt")))
                .as(seed)
                .doesNotHaveDuplicates()
                .isSubsetOf(all)
                .containsAll(results.stream()
                        .filter(r -> !r.error())
                        .map(r -> r.content().replace("noted ", ""))
                        .toList());
    }

    private static List<String> said(SessionView view, Message.Role role) {
        return view.entries().stream()
                .map(Entry::message)
                .filter(m -> m.role() == role)
                .map(Message::text)
                .toList();
    }

    private static List<String> answers(SessionView view) {
        return said(view, Message.Role.ASSISTANT).stream()
                .filter(text -> !text.isEmpty())
                .toList();
    }
}
