package dev.turnbuckle.testkit;

import dev.turnbuckle.internal.codec.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request told by what is new since an earlier one, so that a conversation is not told again with each of its calls:
 * {@code after} n begins with the messages of the n-th call before it, and with {@link #ANSWER} also what that one was
 * answered; {@code like} n has the same prompt and tools but messages of its own. {@link CassetteReader} undoes it.
 */
final class Shortening {
    /** Where a field that is not told is that of the earlier request; the model goes with its parameters. */
    private static final List<String> KEPT = List.of("system", "tools");

    /** In the place of the first message: the answer of the call that is gone on from. */
    static final String ANSWER = "answer";

    private final CassetteJson form;
    private final ObjectNode request;

    Shortening(CassetteJson form, ObjectNode request) {
        this.form = form;
        this.request = request;
    }

    ObjectNode since(SortedMap<Integer, RecordedCall> earlier) {
        var before = new ArrayList<>(earlier.values());
        int best = -1;
        int most = -1;
        for (int i = before.size() - 1; i >= 0; i--) {
            int alike = alike(before.get(i));
            if (alike > most) {
                best = i;
                most = alike;
            }
        }
        return best < 0 ? whole() : since(before.get(best), before.size() - best);
    }

    /** More is better: messages that go on count more than all the rest. */
    private int alike(RecordedCall earlier) {
        int told = told(earlier.request());
        int alike = 8 * (told > 0 && answered(earlier, told) ? told + 1 : told);
        for (String field : List.of("model", "parameters", "system", "tools", "answerSchema")) {
            alike += same(earlier.request(), field) ? 1 : 0;
        }
        return alike;
    }

    private ObjectNode whole() {
        ObjectNode copy = Json.object();
        request.properties().forEach(p -> {
            boolean nothing = KEPT.contains(p.getKey()) && p.getValue().isEmpty();
            if (!nothing) {
                copy.set(p.getKey(), p.getValue());
            }
        });
        return copy;
    }

    private ObjectNode since(RecordedCall earlier, int back) {
        ObjectNode base = earlier.request();
        int told = told(base);
        ObjectNode shorter = Json.object().put(told > 0 ? "after" : "like", back);
        if (!same(base, "model") || !same(base, "parameters")) {
            shorter.set("model", request.path("model"));
            if (request.has("parameters")) {
                shorter.set("parameters", request.path("parameters"));
            }
        }
        KEPT.stream().filter(field -> !same(base, field)).forEach(field -> shorter.set(field, request.path(field)));
        if (!same(base, "answerSchema")) {
            JsonNode schema = request.get("answerSchema");
            shorter.set("answerSchema", schema == null ? shorter.nullNode() : schema);
        }
        ArrayNode messages = shorter.putArray("messages");
        if (told > 0 && answered(earlier, told)) {
            messages.add(ANSWER);
            told++;
        }
        JsonNode all = request.path("messages");
        for (int i = told; i < all.size(); i++) {
            messages.add(all.get(i));
        }
        return shorter;
    }

    private boolean same(ObjectNode earlier, String field) {
        return request.path(field).equals(earlier.path(field));
    }

    /** How many messages the earlier request has, if this one begins with all of them; else 0. */
    private int told(ObjectNode earlier) {
        JsonNode all = request.path("messages");
        JsonNode first = earlier.path("messages");
        if (first.size() > all.size()) {
            return 0;
        }
        for (int i = 0; i < first.size(); i++) {
            if (!all.get(i).equals(first.get(i))) {
                return 0;
            }
        }
        return first.size();
    }

    /** Whether the next message is what the earlier call was answered. */
    private boolean answered(RecordedCall earlier, int told) {
        return earlier.answer() instanceof RecordedCall.Told answer
                && form.message(answer.message())
                        .equals(request.path("messages").path(told));
    }
}
