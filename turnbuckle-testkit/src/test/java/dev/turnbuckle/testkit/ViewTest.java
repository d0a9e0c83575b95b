package dev.turnbuckle.testkit;

import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.session.SessionView;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ViewTest {
    @Test
    void o13_aCommitBetweenTheReadingsOfAViewIsNotHalfInIt() {
        var agent = Agent.named("test")
                .model(ScriptedModel.of(says("One."), says("Two.")))
                .build();
        var commitNow = new AtomicBoolean();
        var storage = new MemoryStorage();
        TestTurnbuckle[] test = new TestTurnbuckle[1];
        test[0] = TestTurnbuckle.setup()
                .agents(agent)
                .storage(() -> storage)
                .runtime(b -> b.probe(seam -> {
                    if (seam.equals("before SessionStore.path") && commitNow.compareAndSet(true, false)) {
                        test[0].session("s").ask("Second.");
                    }
                }))
                .start();
        try (var running = test[0]) {
            running.session("s").ask("First.");
            commitNow.set(true);
            SessionView view = running.session("s").view();
            assertThat(commitNow).isFalse();
            assertThat(view.revision()).isEqualTo(1);
            assertThat(view.entries()).extracting(e -> e.message().text()).containsExactly("First.", "One.");
            assertThat(running.session("s").view().entries()).hasSize(4);
        }
    }
}
