package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.InboxItem.Content;
import dev.turnbuckle.session.InboxItem.Delivery;
import dev.turnbuckle.session.InboxItem.Kind;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Inbox;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An input in the making: a user's text to be taken by the next turn, unless it says otherwise. */
record InputDraft(
        String session,
        String agent,
        TurnId turn,
        Kind kind,
        Delivery delivery,
        String content,
        @Nullable String key,
        Map<String, String> context,
        @Nullable String trace,
        Duration delay) {
    static InputDraft of(String session, String turn, String text) {
        return new InputDraft(
                session,
                StorageContract.AGENT,
                new TurnId(turn),
                Kind.USER,
                Delivery.NEXT_TURN,
                content(text),
                null,
                Map.of(),
                null,
                Duration.ZERO);
    }

    static String content(String text) {
        return Json.write(new Content(Message.user(text), null));
    }

    Inbox.NewInput input() {
        return new Inbox.NewInput(session, agent, turn, kind, delivery, content, key, context, trace, delay);
    }

    InputDraft agent(String next) {
        return new InputDraft(session, next, turn, kind, delivery, content, key, context, trace, delay);
    }

    InputDraft kind(Kind next) {
        return new InputDraft(session, agent, turn, next, delivery, content, key, context, trace, delay);
    }

    InputDraft steer() {
        return delivered(Delivery.STEER);
    }

    InputDraft superseding() {
        return delivered(Delivery.SUPERSEDE);
    }

    private InputDraft delivered(Delivery next) {
        return new InputDraft(session, agent, turn, kind, next, content, key, context, trace, delay);
    }

    InputDraft key(String next) {
        return new InputDraft(session, agent, turn, kind, delivery, content, next, context, trace, delay);
    }

    InputDraft context(Map<String, String> next) {
        return new InputDraft(session, agent, turn, kind, delivery, content, key, next, trace, delay);
    }

    InputDraft trace(String next) {
        return new InputDraft(session, agent, turn, kind, delivery, content, key, context, next, delay);
    }

    InputDraft after(Duration next) {
        return new InputDraft(session, agent, turn, kind, delivery, content, key, context, trace, next);
    }
}
