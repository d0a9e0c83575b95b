package dev.turnbuckle.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShopModelTest {
    private static Message results(Part... parts) {
        return Message.of(Message.Role.TOOL, List.of(parts));
    }

    private static Part result(String tool, String text, boolean error) {
        return new Part.ToolResult(tool + "-1", tool, text, error);
    }

    private static List<String> calls(Message... messages) {
        return ShopModel.answer(List.of(messages)).stream()
                .filter(Part.ToolCall.class::isInstance)
                .map(p -> ((Part.ToolCall) p).name())
                .toList();
    }

    @Test
    void itLooksThenChargesThenAnswers() {
        Message wish = Message.user("Charge order A-17.");
        Message looked = results(result("order", "A-17, 42.00 EUR", false), result("carrier", "2 days", false));
        Message charged = results(result("charge", "charged", false));

        assertThat(calls(wish)).containsExactly("order", "carrier");
        assertThat(calls(wish, looked)).containsExactly("charge");
        assertThat(calls(wish, looked, charged)).isEmpty();
    }

    @Test
    void itReadsTheLedgerWhenAChargeIsUnknownAndChargesAgainOnlyWhenThereIsNoLine() {
        Message wish = Message.user("Charge order A-17.");
        Message looked = results(result("carrier", "2 days", false));
        Message unknown = results(result("charge", "unknown", true));

        assertThat(calls(wish, looked, unknown)).containsExactly("ledger");
        assertThat(calls(wish, looked, unknown, results(result("ledger", "1 line for A-17", false))))
                .isEmpty();
        assertThat(calls(wish, looked, unknown, results(result("ledger", "0 lines for A-17", false))))
                .containsExactly("charge");
    }

    @Test
    void longWordsAreStreamedInTwoPieces() {
        assertThat(ShopModel.pieces("and the carrier.")).containsExactly("and", " the", " car", "rier.");
    }
}
