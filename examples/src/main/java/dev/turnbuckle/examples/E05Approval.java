package dev.turnbuckle.examples;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.says;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.examples.E02Restart.Payments;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnOutcome.Suspended;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.tool.OnUnknown;
import dev.turnbuckle.tool.Tool;
import java.io.PrintStream;
import java.nio.file.Path;

/** A person decides days later, on another node. Writes {@code agents.db} where it is started. */
public final class E05Approval {
    private E05Approval() {}

    // docs:approval
    record Refund(String order, long cents) {}

    static Agent support(Model model, Payments payments) {
        return Agent.named("support")
                .model(model)
                .tool(Tool.once(
                                "refund",
                                "Refund an order",
                                Refund.class,
                                (r, call) -> payments.refund(r.order(), r.cents(), call.idempotencyKey()))
                        .needsApproval(Refund.class, r -> r.cents() > 10_000)
                        .ifUnknown(OnUnknown.ASK_HUMAN))
                .build();
    }

    /** Monday, node A. Returns in seconds; nothing is held while a person decides. */
    static String monday(Turnbuckle turnbuckle) {
        var outcome = turnbuckle
                .session("order-A-17", "support")
                .send("Refund A-17, 120 euros.")
                .await();
        return outcome instanceof Suspended s ? s.waits().getFirst().id().value() : outcome.text();
    }

    /** Thursday, node B, two deploys later. */
    static void thursday(Turnbuckle turnbuckle, String wait, PrintStream out) {
        OpenWait ask = turnbuckle.waits().get(new WaitId(wait));
        out.println(ask.question());
        Decision d = turnbuckle.waits().approve(ask.id(), "alice@shop.example");
        if (!d.first()) {
            out.println("already decided by " + d.by());
        }
        out.println(turnbuckle.session(ask.session()).turn(ask.turn()).await().text());
    }
    // docs:end

    static Turnbuckle node(Path folder, Payments payments) {
        var model = ScriptedModel.of(calls("refund", new Refund("A-17", 12_000)), says("120 euros are on their way."));
        return Turnbuckle.builder()
                .storage(SqliteStorage.at(folder.resolve("agents.db")))
                .agent(support(model, payments))
                .build();
    }

    static void run(Path folder, Payments payments, PrintStream out) {
        String wait;
        try (var a = node(folder, payments)) {
            wait = monday(a);
        }
        try (var b = node(folder, payments)) {
            thursday(b, wait, out);
        }
    }

    public static void main(String[] args) {
        run(Path.of(""), (order, cents, key) -> "refunded", System.out);
    }
}
