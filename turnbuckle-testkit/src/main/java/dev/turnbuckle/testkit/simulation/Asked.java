package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.session.Message;
import java.util.List;

/** One request that a model got. */
final class Asked {
    final int number;
    final String node;
    final String session;

    /** Name of the input that opened the turn. */
    final String opener;

    /** What the prompt was told by the context of the input that opened the turn; empty for the gathering agent. */
    final String context;

    /** The durable state as the prompt told it. */
    final List<String> ledger;

    final List<Message> messages;

    /** What was streamed so far. */
    final StringBuilder streamed = new StringBuilder();

    /** @param opener the input that opened the turn, as the messages tell */
    Asked(int number, String node, ModelRequest request, String opener) {
        this.number = number;
        this.node = node;
        this.session = sessionOf(request);
        this.opener = opener;
        this.context = told(request.system(), "input ");
        String ledger = told(request.system(), "ledger ");
        this.ledger = ledger.isEmpty() ? List.of() : List.of(ledger.split(" ", -1));
        this.messages = request.messages();
    }

    static String sessionOf(ModelRequest request) {
        return told(request.system(), "session ");
    }

    private static String told(List<String> system, String about) {
        return system.stream()
                .filter(s -> s.startsWith(about))
                .findFirst()
                .map(s -> s.substring(about.length()))
                .orElseThrow(
                        () -> new IllegalStateException("the prompt has no component \"" + about + "\": " + system));
    }

    @Override
    public String toString() {
        return "m" + number + " for " + opener;
    }
}
