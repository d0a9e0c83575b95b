package dev.turnbuckle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class E07TypedTest {
    @Test
    void anAnswerThatIsNoTicketIsMendedByTheModel() {
        var out = new ByteArrayOutputStream();
        E07Typed.run(new PrintStream(out, true, StandardCharsets.UTF_8));
        String ticket = "Ticket[summary=Late again, mood=FURIOUS, orders=[A-17]]";
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).containsExactly(ticket, ticket);
    }
}
