package dev.turnbuckle.testkit;

import static dev.turnbuckle.testkit.ScriptedModel.call;
import static dev.turnbuckle.testkit.ScriptedModel.callsAll;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.tool.Tool;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A record that was made and whose answer was lost; the call beside it makes it again. */
@Timeout(30)
class RepeatedRecordTest {
    record In(String text) {}

    private static final In ANY = new In("any");

    private final MemoryStorage storage = new MemoryStorage();
    private final List<List<String>> recorded = new ArrayList<>();
    private final List<List<String>> known = new ArrayList<>();
    private final List<String> bodies = new ArrayList<>();
    private TestTurnbuckle test;

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object performed(Method method, Object target, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private static List<String> keys(List<?> entries) {
        return entries.stream().map(e -> ((JournalEntry) e).key()).toList();
    }

    private Storage losing() {
        return proxy(Storage.class, (proxy, method, arguments) -> {
            Object part = performed(method, storage, arguments);
            return method.getName().equals("journal")
                    ? proxy(Journal.class, (p, m, a) -> answered(m, performed(m, part, a), a))
                    : part;
        });
    }

    private Object answered(Method method, Object result, @Nullable Object @Nullable [] arguments) {
        if (result instanceof Journal.RecordResult.Recorded r && arguments != null) {
            recorded.add(keys((List<?>) arguments[2]));
            known.add(keys(r.existing()));
            if (recorded.size() == 1) {
                throw StorageException.retry("lost_answer", "the answer of " + method.getName() + " was lost", null);
            }
        }
        return result;
    }

    @Test
    void j03_whatAnAnswerIsAndWhatAToolDidAreTheSameWhenTheyAreRecordedAgain() {
        var model = ScriptedModel.of(callsAll(call("fast", ANY), call("slow", ANY)), says("Done."));
        var agent = Agent.named("test")
                .model(model)
                .tool(Tool.read("fast", "Is fast", In.class, in -> body("fast", Duration.ZERO)))
                .tool(Tool.read("slow", "Is slow", In.class, in -> body("slow", Duration.ofSeconds(1))))
                .build();
        try (var started =
                TestTurnbuckle.setup().agents(agent).storage(this::losing).start()) {
            test = started;
            assertThat(started.session("s").send("Go.").await().text()).isEqualTo("Done.");
            assertThat(recorded)
                    .containsExactly(
                            List.of("composition", "model/1", "model/1/tool/0"),
                            List.of("composition", "model/1", "model/1/tool/0", "model/1/tool/1"));
            assertThat(known).containsExactly(List.of(), List.of("composition", "model/1", "model/1/tool/0"));
            assertThat(bodies).containsExactly("fast", "slow");
            assertThat(model.requests()).hasSize(2);
        }
    }

    private String body(String name, Duration takes) throws InterruptedException {
        bodies.add(name);
        test.process().sleep(takes);
        return name;
    }
}
