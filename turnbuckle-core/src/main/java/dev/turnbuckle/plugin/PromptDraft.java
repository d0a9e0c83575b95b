package dev.turnbuckle.plugin;

import dev.turnbuckle.tool.StateKey;
import java.util.Optional;

/** The prompt of a turn while it is composed; what is added is pinned for the whole turn (T3). */
public interface PromptDraft {
    String session();

    /** A value of the durable context of the input that opened the turn (Q1). */
    Optional<String> context(String name);

    /** Adds a component after the ones before it; a name that exists is replaced in its place. */
    void add(String name, String text);

    /** The session's durable state as the turn begins. */
    <S> S state(StateKey<S> key);
}
