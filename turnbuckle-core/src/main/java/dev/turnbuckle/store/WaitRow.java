package dev.turnbuckle.store;

import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.OpenWait;
import org.jspecify.annotations.Nullable;

/**
 * A wait as it is stored.
 *
 * @param key effect key that waits
 */
public record WaitRow(OpenWait open, String key, @Nullable Decision decision) {}
