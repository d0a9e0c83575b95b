package dev.turnbuckle.langchain4j;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.tool.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What several vendors' requests need before they leave. */
final class RequestBody {
    private RequestBody() {}

    /** Joins neighbours of one role: some vendors want roles to alternate, and results of parallel calls together. */
    static void joinNeighbours(ArrayNode messages, String content) {
        for (int i = messages.size() - 1; i > 0; i--) {
            JsonNode before = messages.get(i - 1);
            if (before.path("role").equals(messages.get(i).path("role"))
                    && before.path(content) instanceof ArrayNode first
                    && messages.get(i).path(content) instanceof ArrayNode second) {
                first.addAll(second);
                messages.remove(i);
            }
        }
    }

    /** Puts the vendor's own blocks where their marks stand. */
    static void placeBlocks(ArrayNode items, Conversation conversation) {
        for (int i = 0; i < items.size(); i++) {
            JsonNode block = conversation.blockOf(Json.text(items.get(i), "text"));
            if (block != null) {
                items.set(i, block);
            }
        }
    }

    /** Writes the schemas as the tools have them; LangChain4j's own types drop what they do not know. */
    static void placeSchemas(JsonNode tools, List<ToolSpec> specs, String inner, String field) {
        for (int i = 0; i < specs.size() && i < tools.size(); i++) {
            JsonNode tool = inner.isEmpty() ? tools.get(i) : tools.get(i).path(inner);
            if (tool instanceof ObjectNode declaration) {
                declaration.set(
                        field,
                        schema(specs.get(i).schema(), "tool " + specs.get(i).name()));
            }
        }
    }

    static ObjectNode schema(String json, String of) {
        try {
            if (Json.parse(json) instanceof ObjectNode schema) {
                return schema;
            }
        } catch (JacksonException e) {
            throw new InvalidInputException("the JSON schema of " + of + " is no JSON: " + e.getOriginalMessage());
        }
        throw new InvalidInputException("the JSON schema of " + of + " must be an object");
    }

    /** The same request with the answer's schema said in words, for whom it cannot be a field. */
    static ModelRequest inWords(ModelRequest request) {
        if (request.answerSchema() == null) {
            return request;
        }
        var system = new ArrayList<>(request.system());
        system.add(
                "When you give your final answer, write one JSON value that fits this JSON schema, and nothing around"
                        + " it:\n" + request.answerSchema());
        return new ModelRequest(
                request.model(), system, request.messages(), request.tools(), null, request.attachments());
    }

    static ArrayNode array(ObjectNode body, String field) {
        return body.path(field) instanceof ArrayNode array ? array : body.putArray(field);
    }

    static ObjectNode child(ObjectNode body, String field) {
        return body.path(field) instanceof ObjectNode object ? object : body.putObject(field);
    }
}
