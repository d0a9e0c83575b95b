package dev.turnbuckle.examples;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.says;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.examples.E02Restart.Payments;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.tool.Describe;
import dev.turnbuckle.tool.EffectClass;
import dev.turnbuckle.tool.ToolContext;
import dev.turnbuckle.tool.ToolMethod;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;

/** Tools that are methods of an object with dependencies of its own, as in any container. Keeps everything in memory. */
public final class E09Bean {
    private E09Bean() {}

    // docs:bean
    public static final class RefundTools {
        private final Payments payments;

        RefundTools(Payments payments) {
            this.payments = payments; // ordinary injection
        }

        @ToolMethod(value = "Refund an order", effect = EffectClass.IDEMPOTENT)
        public String refund(@Describe("Order number") String order, long cents, ToolContext call) throws IOException {
            String tenant = call.context("tenant").orElseThrow(); // travels with the input, also to another node
            return payments.refund(tenant + "/" + order, cents, call.idempotencyKey());
        }
    }
    // docs:end

    static void run(Payments payments, PrintStream out) {
        var model = ScriptedModel.of(calls("refund", Map.of("order", "A-17", "cents", 4_200)), says("Refunded."));
        try (var turnbuckle = Turnbuckle.builder()
                .model(model)
                .tools(new RefundTools(payments))
                .build()) {
            var input = Input.text("Refund A-17.").context("tenant", "acme");
            out.println(turnbuckle.session("s-1").send(input).await().text());
        }
    }

    public static void main(String[] args) {
        run((order, cents, key) -> "refunded " + order, System.out);
    }
}
