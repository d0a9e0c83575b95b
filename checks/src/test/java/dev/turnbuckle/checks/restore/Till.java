package dev.turnbuckle.checks.restore;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.tool.Tool;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * An agent that looks each order up (READ) and charges it (ONCE), and what it did of this outside of the database. One
 * call of each can be held where it stands.
 */
final class Till {
    static final String AGENT = "till";
    static final String HELD_LOOK = "looking/1";
    static final String HELD_CHARGE = "charging/1";
    private static final String ORDER = "order ";

    record Query(String order) {}

    private final Queue<String> starts = new ConcurrentLinkedQueue<>();
    private final CountDownLatch held = new CountDownLatch(2);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final boolean holding;

    Till(boolean holding) {
        this.holding = holding;
    }

    /** Under a key that says which it is. */
    static Input order(String order) {
        return Input.text(ORDER + order).key(order);
    }

    static String done(String order) {
        return "Order " + order + " is done.";
    }

    Agent agent() {
        return Agent.named(AGENT)
                .model(new Script())
                .tool(Tool.read("look", "Looks an order up", Query.class, q -> worked("look", q.order(), HELD_LOOK)))
                .tool(Tool.once("charge", "Charges it", Query.class, q -> worked("charge", q.order(), HELD_CHARGE)))
                .build();
    }

    private String worked(String tool, String order, String heldOrder) throws InterruptedException {
        starts.add(tool + " " + order);
        if (holding && order.equals(heldOrder)) {
            held.countDown();
            gate.await();
        }
        return tool + " of " + order;
    }

    /** Until both calls stand still. */
    void awaitHeld() throws InterruptedException {
        held.await();
    }

    void release() {
        gate.countDown();
    }

    List<String> starts() {
        return List.copyOf(starts);
    }

    private static final class Script implements Model {
        @Override
        public ModelSpec spec() {
            return ModelSpec.named("script");
        }

        @Override
        public void stream(ModelRequest request, Consumer<ModelEvent> events) {
            List<Message> messages = request.messages();
            int last = messages.size() - 1;
            while (messages.get(last).role() != Message.Role.USER) {
                last--;
            }
            String order = messages.get(last).text().substring(ORDER.length());
            if (last == messages.size() - 1) {
                String arguments = "{\"order\":\"" + order + "\"}";
                events.accept(new ModelEvent.Completed(
                        List.of(new Part.ToolCall("1", "look", arguments), new Part.ToolCall("2", "charge", arguments)),
                        Usage.of(10, 3),
                        "tool_calls"));
            } else {
                events.accept(new ModelEvent.TextDelta(done(order)));
                events.accept(new ModelEvent.Completed(List.of(new Part.Text(done(order))), Usage.of(10, 3), "stop"));
            }
        }
    }
}
