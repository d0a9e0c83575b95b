package dev.turnbuckle.cli.demo;

import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model that plays a shop's clerk. Its answer is a function of the request alone, as a real model's is: it keeps no
 * position in a script, so a new process asks it again and it knows where the conversation stands.
 */
final class ShopModel implements Model {
    private static final Pattern ORDER = Pattern.compile("[A-Z]-\\d+");
    private static final int LONG_WORD = 5;
    private static final int FIRST_PIECE = 3;

    private final Pace pace;
    private final IntConsumer streamed;

    /** @param streamed told after each piece how many words of this call were streamed */
    ShopModel(Pace pace, IntConsumer streamed) {
        this.pace = pace;
        this.streamed = streamed;
    }

    @Override
    public ModelSpec spec() {
        return ModelSpec.named("shop-script");
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
        List<Part> answer = answer(request.messages());
        int words = 0;
        for (String piece : pieces(text(answer))) {
            pace.spend(pace.word());
            events.accept(new ModelEvent.TextDelta(piece));
            words += piece.startsWith(" ") || words == 0 ? 1 : 0;
            streamed.accept(words);
        }
        events.accept(new ModelEvent.Completed(answer, Usage.NONE, "stop"));
    }

    private static String text(List<Part> answer) {
        return answer.getFirst() instanceof Part.Text t ? t.text() : "";
    }

    /** Words with the blank before them, long ones in two pieces, as models stream them. */
    static List<String> pieces(String text) {
        var pieces = new ArrayList<String>();
        for (String word : text.split("(?= )", -1)) {
            int cut = word.strip().length() > LONG_WORD
                    ? word.length() - word.strip().length() + FIRST_PIECE
                    : word.length();
            pieces.add(word.substring(0, cut));
            if (cut < word.length()) {
                pieces.add(word.substring(cut));
            }
        }
        return pieces;
    }

    static List<Part> answer(List<Message> messages) {
        int asked = lastUser(messages);
        String wish = messages.get(asked).text();
        Matcher found = ORDER.matcher(wish);
        String order = found.find() ? found.group() : "A-0";
        List<Part.ToolResult> results = results(messages.subList(asked, messages.size()));
        if (results.isEmpty()) {
            return List.of(
                    new Part.Text("Let me look up the order and the carrier."),
                    call("order", order, results),
                    call("carrier", order, results));
        }
        Part.ToolResult last = results.getLast();
        if (last.name().equals("carrier")) {
            var answer = new ArrayList<Part>(List.of(new Part.Text("Charging the card.")));
            if (wish.contains("book")) {
                answer.add(call("book", order, results));
            }
            answer.add(call("charge", order, results));
            return answer;
        }
        if (last.name().equals("charge") && last.error()) {
            return List.of(new Part.Text("Did that go through? Reading the ledger."), call("ledger", order, results));
        }
        if (last.name().equals("ledger") && last.content().startsWith("0 ")) {
            return List.of(new Part.Text("It did not. Charging the card."), call("charge", order, results));
        }
        String days = newest(results, "carrier").map(Part.ToolResult::content).orElse("some days");
        return List.of(new Part.Text("Charged 42.00 EUR, once. It arrives in " + days + "."));
    }

    private static int lastUser(List<Message> messages) {
        for (int i = messages.size() - 1; i > 0; i--) {
            if (messages.get(i).role() == Message.Role.USER) {
                return i;
            }
        }
        return 0;
    }

    private static List<Part.ToolResult> results(List<Message> messages) {
        return messages.stream()
                .flatMap(m -> m.parts().stream())
                .filter(Part.ToolResult.class::isInstance)
                .map(Part.ToolResult.class::cast)
                .toList();
    }

    private static Optional<Part.ToolResult> newest(List<Part.ToolResult> results, String name) {
        return results.reversed().stream().filter(r -> r.name().equals(name)).findFirst();
    }

    private static Part.ToolCall call(String tool, String order, List<Part.ToolResult> before) {
        String arguments = tool.equals("charge")
                ? "{\"order\":\"" + order + "\",\"cents\":4200}"
                : "{\"order\":\"" + order + "\"}";
        return new Part.ToolCall(tool + "-" + (before.size() + 1), tool, arguments);
    }
}
