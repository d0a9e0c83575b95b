package dev.turnbuckle.checks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.testkit.TestTurnbuckle;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files that a user sends. */
@Timeout(30)
class AttachmentTest {
    /** Says what is attached to everything that it sees. */
    private static final class Reader implements Model {
        @Override
        public ModelSpec spec() {
            return ModelSpec.named("reader");
        }

        @Override
        public void stream(ModelRequest request, Consumer<ModelEvent> events) {
            var said = new StringBuilder();
            for (Message message : request.messages()) {
                for (Part part : message.parts()) {
                    if (part instanceof Part.AttachmentRef ref) {
                        said.append(ref.name())
                                .append('=')
                                .append(new String(request.attachments().bytes(ref), UTF_8));
                    }
                }
            }
            events.accept(new ModelEvent.Completed(List.of(new Part.Text(said.toString())), Usage.NONE, "stop"));
        }
    }

    @Test
    void aModelReadsTheBytesInThisTurnAndInLaterOnes() {
        try (var test =
                TestTurnbuckle.with(Agent.named("test").model(new Reader()).build())) {
            var input = Input.text("What is this?").attach("cat.txt", "text/plain", "meow".getBytes(UTF_8));
            assertThat(test.session("s").send(input).await().text()).isEqualTo("cat.txt=meow");
            test.crash();
            assertThat(test.session("s").ask("And now?")).isEqualTo("cat.txt=meow" /* of history */);
        }
    }

    @Test
    void whatIsTooLargeOrUnnamedIsRefusedBeforeItIsSent() {
        var input = Input.text("Look");
        assertThatThrownBy(() -> input.attach("huge.bin", "application/octet-stream", new byte[(32 << 20) + 1]))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("33554433");
        assertThatThrownBy(() -> input.attach(" ", "text/plain", new byte[1])).hasMessageContaining("name");
        assertThatThrownBy(() -> input.attach("a", "text", new byte[1])).hasMessageContaining("\"text\"");
    }
}
