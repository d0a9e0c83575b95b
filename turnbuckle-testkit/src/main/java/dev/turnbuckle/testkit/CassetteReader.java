package dev.turnbuckle.testkit;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.testkit.RecordedCall.Answer;
import dev.turnbuckle.testkit.RecordedCall.Asked;
import dev.turnbuckle.testkit.RecordedCall.Catalogued;
import dev.turnbuckle.testkit.RecordedCall.Failed;
import dev.turnbuckle.testkit.RecordedCall.Told;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the calls of a cassette; what it does not understand is refused, naming file and line. */
final class CassetteReader {
    private final CassetteFile file;
    private final CassetteJson form;
    private final List<Asked> asked = new ArrayList<>();
    private final List<RecordedCall> calls = new ArrayList<>();

    private CassetteReader(CassetteFile file, CassetteJson form) {
        this.file = file;
        this.form = form;
    }

    static CassetteReader of(CassetteFile file, CassetteJson form) {
        var reader = new CassetteReader(file, form);
        reader.read(new CassetteNode(file, file.parsed(), ""));
        return reader;
    }

    CassetteFile file() {
        return file;
    }

    /** At least one. */
    List<RecordedCall> calls() {
        return calls;
    }

    /** Those that were asked, in order. */
    List<ModelSpec> models() {
        return asked.stream().map(Asked::model).distinct().toList();
    }

    private void read(CassetteNode root) {
        CassetteNode version = root.field("cassette");
        if (version.number() != Cassette.VERSION) {
            throw version.wrong("is format " + version.number() + ", and this testkit reads " + Cassette.VERSION
                    + ": use the testkit that wrote it");
        }
        for (CassetteNode call : root.only("cassette", "calls").field("calls").items()) {
            call.only("request", "answer");
            Asked request = request(call.field("request"));
            asked.add(request);
            calls.add(new RecordedCall(form.request(request), answer(call.field("answer"))));
        }
        if (calls.isEmpty()) {
            throw root.field("calls").wrong("has no calls");
        }
    }

    private Asked request(CassetteNode json) {
        json.only("after", "like", "model", "parameters", "system", "tools", "answerSchema", "messages");
        if (json.has("after") && json.has("like")) {
            throw json.wrong("has \"after\" and \"like\", and may have one of them");
        }
        Integer index = json.optional("after")
                .or(() -> json.optional("like"))
                .map(this::earlier)
                .orElse(null);
        Asked base = index == null ? null : asked.get(index);
        if (base == null) {
            json.field("model");
        }
        return new Asked(
                model(json, base),
                json.has("system") || base == null
                        ? json.optional("system").map(CassetteReader::texts).orElse(List.of())
                        : base.system(),
                json.has("tools") || base == null
                        ? json.optional("tools").map(CassetteReader::tools).orElse(List.of())
                        : base.tools(),
                answerSchema(json, base),
                messages(json.field("messages"), json.has("after") ? index : null));
    }

    private List<Message> messages(CassetteNode json, @Nullable Integer after) {
        var messages = new ArrayList<Message>();
        if (after != null) {
            messages.addAll(asked.get(after).messages());
        }
        for (CassetteNode item : json.items()) {
            messages.add(item.json().isString() ? answerOf(after, item) : message(item));
        }
        return messages;
    }

    private Message answerOf(@Nullable Integer after, CassetteNode json) {
        boolean first = json.path().endsWith("/0");
        if (json.text().equals(Shortening.ANSWER)
                && first
                && after != null
                && calls.get(after).answer() instanceof Told told) {
            return told.message();
        }
        throw json.wrong(
                "must be a message; the word \"answer\" may stand first, in a call that has \"after\", when that "
                        + "earlier call was answered");
    }

    private int earlier(CassetteNode back) {
        long steps = back.number();
        if (steps < 1 || steps > asked.size()) {
            throw back.wrong("is " + steps + ", but there are " + asked.size() + " calls before this one");
        }
        return asked.size() - (int) steps;
    }

    private static ModelSpec model(CassetteNode json, @Nullable Asked base) {
        String name = json.optional("model").map(CassetteNode::text).orElse("");
        if (!json.has("parameters") && base != null) {
            return json.has("model") ? new ModelSpec(name, Map.of()) : base.model();
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        json.optional("parameters")
                .ifPresent(p -> p.json()
                        .propertyNames()
                        .forEach(key -> parameters.put(key, p.field(key).text())));
        return new ModelSpec(
                json.has("model") || base == null ? name : base.model().name(), parameters);
    }

    private static @Nullable String answerSchema(CassetteNode json, @Nullable Asked base) {
        if (!json.has("answerSchema")) {
            return base == null ? null : base.answerSchema();
        }
        CassetteNode schema = json.field("answerSchema");
        return schema.json().isNull() ? null : schema.textOrJson();
    }

    private static List<String> texts(CassetteNode json) {
        return json.items().stream().map(CassetteNode::text).toList();
    }

    private static List<Catalogued> tools(CassetteNode json) {
        return json.items().stream()
                .map(t -> t.only("name", "description", "schema"))
                .map(t -> new Catalogued(
                        t.field("name").text(),
                        t.field("description").text(),
                        t.field("schema").textOrJson()))
                .toList();
    }

    private static Message message(CassetteNode json) {
        json.only("role", "interrupted", "text", "parts");
        if (json.has("text") == json.has("parts")) {
            throw json.wrong("must have either \"text\" or \"parts\"");
        }
        return new Message(
                json.field("role").name(Message.Role.class),
                json.has("text") ? List.of(new Part.Text(json.field("text").text())) : parts(json.field("parts")),
                json.optional("interrupted").map(CassetteNode::yes).orElse(false));
    }

    private static List<Part> parts(CassetteNode json) {
        return json.items().stream().map(CassetteReader::part).toList();
    }

    private static Part part(CassetteNode json) {
        if (json.has("text")) {
            return new Part.Text(json.only("text").field("text").text());
        }
        if (json.has("reasoning")) {
            json.only("reasoning", "signature");
            String signature = json.has("signature") ? json.field("signature").text() : null;
            return new Part.Reasoning(json.field("reasoning").text(), signature);
        }
        if (json.has("call")) {
            json.only("call", "id", "arguments");
            return new Part.ToolCall(
                    json.field("id").text(),
                    json.field("call").text(),
                    json.field("arguments").textOrJson());
        }
        if (json.has("result")) {
            json.only("result", "id", "content", "error");
            return new Part.ToolResult(
                    json.field("id").text(),
                    json.field("result").text(),
                    json.field("content").textOrJson(),
                    json.optional("error").map(CassetteNode::yes).orElse(false));
        }
        return rarePart(json);
    }

    private static Part rarePart(CassetteNode json) {
        if (json.has("attachment")) {
            json.only("attachment", "mediaType", "size", "name");
            return new Part.AttachmentRef(
                    json.field("attachment").text(),
                    json.field("mediaType").text(),
                    json.field("size").number(),
                    json.field("name").text());
        }
        if (json.has("opaque")) {
            json.only("opaque", "json");
            return new Part.Opaque(
                    json.field("opaque").text(), json.field("json").textOrJson());
        }
        throw json.wrong("must be a part: an object with text, reasoning, call, result, attachment or opaque");
    }

    private static Answer answer(CassetteNode json) {
        json.only("streamed", "parts", "finish", "usage", "failure", "message", "retryAfter");
        var streamed = new Deltas();
        json.optional("streamed").ifPresent(s -> s.items().forEach(delta -> streamed.add(delta(delta))));
        if (json.has("failure")) {
            json.only("streamed", "failure", "message", "retryAfter");
            var retryAfter =
                    json.optional("retryAfter").map(CassetteNode::duration).orElse(null);
            return new Failed(
                    streamed.runs(),
                    new ModelFailure(
                            json.field("failure").name(ModelFailure.Kind.class),
                            json.field("message").text(),
                            retryAfter,
                            null));
        }
        json.only("streamed", "parts", "finish", "usage");
        List<Part> parts = parts(json.field("parts"));
        var completed = new ModelEvent.Completed(
                parts, usage(json), json.field("finish").text());
        return new Told(
                json.has("streamed") ? streamed.runs() : Deltas.of(parts).runs(), completed);
    }

    private static ModelEvent delta(CassetteNode json) {
        json.only("text", "reasoning");
        return json.has("reasoning")
                ? new ModelEvent.ReasoningDelta(
                        json.only("reasoning").field("reasoning").text())
                : new ModelEvent.TextDelta(json.field("text").text());
    }

    private static Usage usage(CassetteNode json) {
        if (!json.has("usage")) {
            return Usage.NONE;
        }
        CassetteNode counted = json.field("usage").only("input", "cacheRead", "cacheWrite", "output", "reasoning");
        return new Usage(
                tokens(counted, "input"),
                tokens(counted, "cacheRead"),
                tokens(counted, "cacheWrite"),
                tokens(counted, "output"),
                tokens(counted, "reasoning"));
    }

    private static @Nullable Long tokens(CassetteNode usage, String bucket) {
        return usage.has(bucket) ? usage.field(bucket).number() : null;
    }
}
