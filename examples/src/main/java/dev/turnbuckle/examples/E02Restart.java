package dev.turnbuckle.examples;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.says;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.TurnOutcome.Answered;
import dev.turnbuckle.session.TurnOutcome.BudgetExhausted;
import dev.turnbuckle.session.TurnOutcome.Cancelled;
import dev.turnbuckle.session.TurnOutcome.Failed;
import dev.turnbuckle.session.TurnOutcome.Suspended;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.tool.Describe;
import dev.turnbuckle.tool.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Going on after a kill. Started with {@code dies}, it is gone the moment the money moved and before anybody recorded
 * that; started again, it goes on. Writes {@code agents.db} and {@code ledger.txt} where it is started.
 */
public final class E02Restart {
    private E02Restart() {}

    // docs:restart
    record Refund(@Describe("Order number, e.g. A-17") String order, long cents) {}

    interface Payments {
        String refund(String order, long cents, String idempotencyKey) throws IOException;
    }

    /** Kill it anywhere and start it again: same key, same turn, no second refund. */
    static void run(Model model, Payments payments) {
        try (var turnbuckle = Turnbuckle.builder()
                .storage(SqliteStorage.at(Path.of("agents.db")))
                .model(model)
                .tool(Tool.idempotent(
                        "refund",
                        "Refund an order",
                        Refund.class,
                        (r, call) -> payments.refund(r.order(), r.cents(), call.idempotencyKey())))
                .build()) {

            var turn = turnbuckle
                    .session("order-A-17")
                    .send(Input.text("Refund order A-17 in full.").key("ticket-991"));
            System.out.println(turn.alreadyAccepted() ? "going on" : "accepted");

            System.out.println(
                    switch (turn.await()) {
                        case Answered a -> a.answer();
                        case Suspended s -> "waits for " + s.waits();
                        case Cancelled c -> "cancelled by " + c.by();
                        case BudgetExhausted b -> "stopped at " + b.bound();
                        case Failed f -> f.code() + ": " + f.message();
                    });
        }
    }
    // docs:end

    /** A bank that keeps its word: one line for each idempotency key, however often it is asked. */
    record Ledger(Path file, Runnable afterwards) implements Payments {
        @Override
        public String refund(String order, long cents, String idempotencyKey) throws IOException {
            String line = idempotencyKey + " " + order + " " + cents + "\n";
            if (!Files.exists(file) || !Files.readString(file).contains(idempotencyKey)) {
                Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
            afterwards.run();
            return "refunded " + cents + " cents";
        }
    }

    public static void main(String[] args) {
        boolean dies = args.length > 0 && args[0].equals("dies");
        Runnable afterwards = dies ? () -> Runtime.getRuntime().halt(137) : () -> {};
        var model = ScriptedModel.of(calls("refund", new Refund("A-17", 4_200)), says("42.00 are on their way back."));
        run(model, new Ledger(Path.of("ledger.txt"), afterwards));
    }
}
