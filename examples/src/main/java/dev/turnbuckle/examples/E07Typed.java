package dev.turnbuckle.examples;

import static dev.turnbuckle.testkit.ScriptedModel.says;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.testkit.ScriptedModel;
import java.io.PrintStream;
import java.util.List;

/** An answer as a value. Keeps everything in memory: nothing survives this program. */
public final class E07Typed {
    private E07Typed() {}

    // docs:typed
    enum Mood {
        CALM,
        ANNOYED,
        FURIOUS
    }

    record Ticket(String summary, Mood mood, List<String> orders) {}

    static Ticket triage(Turnbuckle turnbuckle, String mail) {
        return turnbuckle.session("mail-77").ask("Triage this mail:\n" + mail, Ticket.class);
    }

    /** The long form: the schema travels with the input, so a restart still knows it. */
    static Ticket later(Turnbuckle turnbuckle, String mail) {
        var turn = turnbuckle
                .session("mail-78")
                .send(Input.text(mail).answer(Ticket.class).key("mail-78"));
        return turn.await().value(Ticket.class);
    }
    // docs:end

    static void run(PrintStream out) {
        var model = ScriptedModel.of(
                says("The customer is angry."), // no ticket: the model is told what is wrong, and mends it
                says("{\"summary\": \"Late again\", \"mood\": \"FURIOUS\", \"orders\": [\"A-17\"]}"));
        try (var turnbuckle = Turnbuckle.builder().model(model).build()) {
            out.println(triage(turnbuckle, "Where is A-17?!"));
            out.println(later(turnbuckle, "Where is A-17?!"));
        }
    }

    public static void main(String[] args) {
        run(System.out);
    }
}
