package dev.turnbuckle.live;

import dev.turnbuckle.live.Observation.OpenItem;
import dev.turnbuckle.session.TurnId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The open turn's items, folded from its events (O13); for authors of live replays. Not thread-safe: its owner guards it.
 */
public final class OpenFold {
    /** Bound of one item's text; the beginning is cut off. */
    static final int MAX_ITEM_CHARS = 64 * 1024;

    /** Bound of the number of items. */
    static final int MAX_ITEMS = 64;

    private static final class Item {
        final String kind;
        final Instant since;
        final StringBuilder text = new StringBuilder();
        boolean truncated;

        Item(String kind, Instant since) {
            this.kind = kind;
            this.since = since;
        }

        void add(String more) {
            text.append(more);
            if (text.length() > MAX_ITEM_CHARS) {
                text.delete(0, text.length() - MAX_ITEM_CHARS / 2);
                truncated = true;
            }
        }
    }

    private final Map<String, Item> items = new LinkedHashMap<>();

    /** One that goes on from items that were kept. */
    public static OpenFold of(List<OpenItem> kept) {
        var fold = new OpenFold();
        for (OpenItem item : kept) {
            Item there = fold.item(item.item(), item.kind(), item::since);
            there.add(item.text());
            there.truncated |= item.truncated();
        }
        return fold;
    }

    /** Whether {@link #apply} does anything with it. */
    public static boolean concerns(Activity activity) {
        return switch (activity) {
            case Activity.TurnStarted t -> true;
            case Activity.TextDelta d -> true;
            case Activity.ReasoningDelta d -> true;
            case Activity.ToolStarted t -> true;
            case Activity.ToolEnded t -> true;
            case Activity.Retracted r -> true;
            case Activity.TurnEnded t -> true;
            case Activity.Committed c -> true;
            default -> false;
        };
    }

    /** @return the fold after the activity; {@code null} when no turn is open */
    public static @Nullable OpenFold apply(@Nullable OpenFold before, Activity activity, Supplier<Instant> clock) {
        return switch (activity) {
            case Activity.Committed c -> null;
            case Activity.TurnEnded t -> null;
            default -> {
                OpenFold fold = before == null ? new OpenFold() : before;
                fold.add(activity, clock);
                yield fold;
            }
        };
    }

    /** The item that a piece of text belongs to; empty for anything else. */
    public static String itemOf(Activity activity) {
        return switch (activity) {
            case Activity.TextDelta d -> d.item();
            case Activity.ReasoningDelta d -> d.item() + Observation.REASONING;
            default -> "";
        };
    }

    private void add(Activity activity, Supplier<Instant> clock) {
        switch (activity) {
            case Activity.TextDelta d -> item(itemOf(d), "text", clock).add(d.text());
            case Activity.ReasoningDelta d ->
                item(itemOf(d), "reasoning", clock).add(d.text());
            case Activity.ToolStarted t -> item(t.item(), "tool", clock).add(t.tool());
            case Activity.ToolEnded t -> items.remove(t.item());
            case Activity.Retracted r ->
                r.items().forEach(i -> {
                    items.remove(i);
                    items.remove(i + Observation.REASONING);
                });
            default -> {}
        }
    }

    private Item item(String id, String kind, Supplier<Instant> clock) {
        Item there = items.get(id);
        if (there != null) {
            return there;
        }
        if (items.size() >= MAX_ITEMS) {
            items.remove(items.keySet().iterator().next());
        }
        Item made = new Item(kind, clock.get());
        items.put(id, made);
        return made;
    }

    /** The names under which these items are taken back, each once. */
    static List<String> correlations(List<OpenItem> items) {
        return items.stream().map(OpenItem::correlation).distinct().toList();
    }

    /** What takes everything back that is open; {@code null} when nothing is. */
    public Activity.@Nullable Retracted retraction(TurnId turn) {
        List<String> shown = correlations(items());
        return shown.isEmpty() ? null : new Activity.Retracted(turn, shown);
    }

    /** In the order in which they began. */
    public List<OpenItem> items() {
        return items.entrySet().stream()
                .map(e -> new OpenItem(
                        e.getKey(),
                        e.getValue().kind,
                        e.getValue().text.toString(),
                        e.getValue().since,
                        e.getValue().truncated))
                .toList();
    }
}
