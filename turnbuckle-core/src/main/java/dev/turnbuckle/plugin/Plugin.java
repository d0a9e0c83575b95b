package dev.turnbuckle.plugin;

import dev.turnbuckle.tool.Tool;
import java.util.List;

/** Prompt parts, tools and state that belong together. Stateless itself: what it remembers is session state. */
public interface Plugin {
    /** Unique within an agent; installing the same name twice keeps the first. */
    String name();

    /** Called once at the start of a turn; reads state and adds prompt components, nothing else. */
    default void composePrompt(PromptDraft prompt) {}

    default List<Tool> tools() {
        return List.of();
    }
}
