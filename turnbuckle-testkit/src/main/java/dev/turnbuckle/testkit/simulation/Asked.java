package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.session.Message;
import java.util.List;

/** One request that a model got. */
final class Asked {
    final int number;
    final String node;
    final String session;

    /** Name of the input that opened the turn. */
    final String opener;

    /** The durable state as the prompt told it. */
    final List<String> ledger;

    final List<Message> messages;

    /** What was streamed so far. */
    final StringBuilder streamed = new StringBuilder();

    Asked(int number, String node, List<String> system, List<Message> messages) {
        this.number = number;
        this.node = node;
        this.session = told(system, "session ");
        this.opener = told(system, "input ");
        String ledger = told(system, "ledger ");
        this.ledger = ledger.isEmpty() ? List.of() : List.of(ledger.split(" "));
        this.messages = messages;
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
