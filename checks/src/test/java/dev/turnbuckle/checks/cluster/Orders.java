package dev.turnbuckle.checks.cluster;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.tool.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * The agent that every worker runs: an order is looked up (READ), marked (IDEMPOTENT) and charged (ONCE) at the same
 * time, then it is done. Every start of a tool is a line in a file that all processes append to.
 */
final class Orders {
    static final String AGENT = "orders";
    static final String ORDER = "order ";

    record Query(String order) {}

    private final Path ledger;

    Orders(Path ledger) {
        this.ledger = ledger;
    }

    Agent agent() {
        return Agent.named(AGENT)
                .model(new Script())
                .historyEntries(40)
                .tool(Tool.read(
                        "look", "Looks an order up", Query.class, (q, c) -> worked("look", q, c.idempotencyKey())))
                .tool(Tool.idempotent(
                        "mark", "Marks an order", Query.class, (q, c) -> worked("mark", q, c.idempotencyKey())))
                .tool(Tool.once(
                        "charge", "Charges an order", Query.class, (q, c) -> worked("charge", q, c.idempotencyKey())))
                .build();
    }

    /** Appended before anything else happens: what is not in the file was never started. */
    private String worked(String tool, Query query, String key) throws IOException, InterruptedException {
        Files.writeString(
                ledger,
                tool + " " + query.order() + " " + key + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
        Thread.sleep(ThreadLocalRandom.current().nextLong(1, 60)); // so that crashes find calls under way
        return tool + " of " + query.order();
    }

    /** Says what the last order asks for, whichever process asks. */
    private static final class Script implements Model {
        @Override
        public ModelSpec spec() {
            return ModelSpec.named("script");
        }

        @Override
        public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
            List<Message> messages = request.messages();
            int last = messages.size() - 1;
            while (messages.get(last).role() != Message.Role.USER) {
                last--;
            }
            String order = messages.get(last).text().substring(ORDER.length());
            boolean called = last < messages.size() - 1;
            if (!called) {
                events.accept(new ModelEvent.Completed(calls(order), Usage.of(10, 3), "tool_calls"));
                return;
            }
            for (String word : done(order).split("(?<= )")) {
                events.accept(new ModelEvent.TextDelta(word));
                Thread.sleep(10);
            }
            events.accept(new ModelEvent.Completed(List.of(new Part.Text(done(order))), Usage.of(10, 3), "stop"));
        }

        private static List<Part> calls(String order) {
            String arguments = "{\"order\":\"" + order + "\"}";
            return List.of(
                    new Part.ToolCall("1", "look", arguments),
                    new Part.ToolCall("2", "mark", arguments),
                    new Part.ToolCall("3", "charge", arguments));
        }
    }

    static String done(String order) {
        return "Order " + order + " is looked up, marked, charged and so it is done.";
    }
}
