package dev.turnbuckle.store;

import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.Usage;

/** Usage with its identity: recorded once whatever is retried (S32). */
public record UsageRow(TurnId turn, int ordinal, String source, String model, Usage usage) {}
