package dev.turnbuckle.testkit;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One call of a cassette.
 *
 * @param request in the form of {@link CassetteJson#request}: what two requests must have alike to be the same
 */
record RecordedCall(ObjectNode request, Answer answer) {
    /** What of a request is its identity: all that a model sees. Limits and effect classes of tools are not part of it. */
    record Asked(
            ModelSpec model,
            List<String> system,
            List<Catalogued> tools,
            @Nullable String answerSchema,
            List<Message> messages) {
        Asked {
            system = List.copyOf(system);
            tools = List.copyOf(tools);
            messages = List.copyOf(messages);
        }

        static Asked of(ModelRequest request) {
            List<Catalogued> tools = request.tools().stream()
                    .map(t -> new Catalogued(t.name(), t.description(), t.schema()))
                    .toList();
            return new Asked(request.model(), request.system(), tools, request.answerSchema(), request.messages());
        }
    }

    /** A tool as a model sees it. */
    record Catalogued(String name, String description, String schema) {}

    sealed interface Answer {
        /** Deltas before the end; those of the same kind in a row are one. */
        List<ModelEvent> streamed();
    }

    record Told(List<ModelEvent> streamed, ModelEvent.Completed completed) implements Answer {
        Told {
            streamed = List.copyOf(streamed);
        }

        /** As it comes back in later requests. */
        Message message() {
            return Message.of(Message.Role.ASSISTANT, completed.parts());
        }

        /** Whether just the text and reasoning of the answer was streamed, in its order. */
        boolean streamedItsParts() {
            return streamed.equals(Deltas.of(completed.parts()).runs());
        }
    }

    record Failed(List<ModelEvent> streamed, ModelFailure failure) implements Answer {
        Failed {
            streamed = List.copyOf(streamed);
        }
    }
}
