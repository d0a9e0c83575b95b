package dev.turnbuckle.checks;

import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.testkit.TestTurnbuckle;
import dev.turnbuckle.tool.StateKey;
import dev.turnbuckle.tool.Tool;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls at the same time that read and change stored state, one task at a time under a seed, on SQLite. */
@Timeout(30)
class ParallelStateTest {
    record Add(int by) {}

    record Sum(int value) {}

    private static final StateKey<Sum> SUM = StateKey.of("sum", 1, Sum.class, () -> new Sum(0));

    @TempDir
    Path folder;

    /** It hung while a lock was held across the read of the stored value. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void j04_changesOfParallelCallsAddUpWhateverTheOrder(long seed) {
        Tool add = Tool.idempotent("add", "Adds", Add.class, (a, ctx) -> {
            int before = ctx.state(SUM).value();
            ctx.update(SUM, sum -> new Sum(sum.value() + a.by()));
            return "was at least " + before;
        });
        var model = ScriptedModel.of(
                ScriptedModel.raw(call("a", 1)),
                says("one"),
                ScriptedModel.raw(call("b", 10), call("c", 100), call("d", 1_000)),
                says("all"));
        Agent agent = Agent.named("sums").model(model).tool(add).build();
        try (var test = TestTurnbuckle.setup()
                .agents(agent)
                .seed(seed)
                .storage(() -> SqliteStorage.at(folder.resolve("sums.db")))
                .start()) {
            assertThat(test.session("s").ask("first")).isEqualTo("one");
            assertThat(test.session("s").ask("then")).isEqualTo("all");
            var stored = test.turnbuckle().session("s");
            assertThat(stored.view().revision()).isEqualTo(2);
        }
        try (var storage = SqliteStorage.at(folder.resolve("sums.db"))) {
            storage.open(dev.turnbuckle.env.Environment.system());
            String hash = storage.sessions().components("s").get("sum").hash();
            assertThat(storage.blobs().get(hash).orElseThrow().text()).isEqualTo("{\"value\":1111}");
        }
    }

    private static Part call(String id, int by) {
        return new Part.ToolCall(id, "add", "{\"by\":" + by + "}");
    }
}
