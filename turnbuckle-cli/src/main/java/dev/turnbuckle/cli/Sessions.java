package dev.turnbuckle.cli;

import dev.turnbuckle.Session;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Page;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.SessionSummary;
import dev.turnbuckle.session.SessionView;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.TurnSummary;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What {@code turnbuckle sessions} shows. */
final class Sessions {
    private static final int WIDTH = 79;
    private static final int TURNS = 20;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private final Screen screen;
    private final boolean json;
    private final Store database;

    Sessions(Screen screen, boolean json, Store database) {
        this.screen = screen;
        this.json = json;
        this.database = database;
    }

    private Turnbuckle open() {
        return Turnbuckle.builder().storage(database.existing()).build();
    }

    void list(int limit) {
        try (var turnbuckle = open()) {
            Page<SessionSummary> page = turnbuckle.sessions().list(PageRequest.first(limit));
            if (json) {
                page.items().forEach(s -> screen.json(json(s)));
                return;
            }
            if (page.items().isEmpty()) {
                screen.line("no sessions in " + database);
                return;
            }
            int ids = page.items().stream().mapToInt(s -> s.id().length()).max().orElse(0);
            int agents = page.items().stream()
                    .mapToInt(s -> s.agent().length())
                    .max()
                    .orElse(0);
            page.items().forEach(s -> screen.line(line(s, Math.min(ids, 30), Math.min(agents, 16))));
            if (page.next() != null) {
                screen.line(screen.mark(Mark.FAINT, "… and more; --limit shows them"));
            }
        }
    }

    private String line(SessionSummary s, int ids, int agents) {
        String facts =
                Screen.pad(Screen.safe(s.agent()), agents) + "  rev " + Screen.pad(String.valueOf(s.revision()), 5)
                        + Screen.pad(s.state().name().toLowerCase(Locale.ROOT), 10)
                        + TIME.format(s.updatedAt().atZone(ZoneId.systemDefault()));
        String id = Screen.pad(Screen.safe(s.id()), ids);
        int left = Math.max(10, WIDTH - id.length() - facts.length() - 4);
        return screen.mark(Mark.STRONG, id) + "  " + facts + "  " + cut(s.firstUserText(), left);
    }

    private static ObjectNode json(SessionSummary s) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("type", "session")
                .put("id", s.id())
                .put("agent", s.agent())
                .put("revision", s.revision())
                .put("state", s.state().name().toLowerCase(Locale.ROOT))
                .put("created", s.createdAt().toString())
                .put("updated", s.updatedAt().toString())
                .put("firstUserText", s.firstUserText())
                .put("userMessages", s.userMessages());
    }

    void show(String id) {
        try (var turnbuckle = open()) {
            Session session = turnbuckle.session(id);
            SessionView view = session.view();
            List<InboxItem> inbox = session.inbox(true);
            if (view.revision() == 0 && inbox.isEmpty()) {
                throw new UsageException("there is no session \"" + Screen.safe(id) + "\" in " + database
                        + "; 'turnbuckle sessions list --db " + database + "' shows those that are there");
            }
            Page<TurnSummary> turns = session.turns(PageRequest.first(TURNS));
            if (json) {
                screen.json(JsonMapper.shared().readTree(view.json()));
                turns.items().forEach(t -> screen.json(json(t)));
                inbox.forEach(i -> screen.json(json(i)));
            } else {
                show(view, turns, inbox);
            }
        }
    }

    private void show(SessionView view, Page<TurnSummary> turns, List<InboxItem> inbox) {
        screen.line(screen.mark(Mark.STRONG, Screen.safe(view.id())) + "   agent " + Screen.safe(view.agent())
                + "   revision " + view.revision()
                + (view.openTurn() == null ? "" : "   open turn " + view.openTurn()));
        screen.line();
        view.entries().forEach(this::show);
        screen.line();
        screen.line(screen.mark(Mark.FAINT, "turns, newest first"));
        turns.items()
                .forEach(t -> screen.line(
                        "  " + t.id() + "  " + how(t) + ", " + t.attempts() + (t.attempts() == 1 ? " drive" : " drives")
                                + (t.revision() == 0 ? "" : ", revision " + t.revision())));
        if (turns.next() != null) {
            screen.line("  …");
        }
        screen.line(screen.mark(Mark.FAINT, "inputs"));
        inbox.stream()
                .collect(Collectors.groupingBy(
                        i -> i.status().state().name().toLowerCase(Locale.ROOT),
                        java.util.TreeMap::new,
                        Collectors.counting()))
                .forEach((state, count) -> screen.line("  " + count + " " + state));
    }

    private void show(Entry entry) {
        Message message = entry.message();
        String who = Screen.pad(entry.depth() + "  " + message.role().name().toLowerCase(Locale.ROOT), 14);
        for (Part part : message.parts()) {
            String text = text(part);
            if (!text.isBlank()) {
                screen.line(screen.mark(Mark.NAME, who) + Screen.safe(text).replace("\n", "\n" + " ".repeat(14)));
                who = " ".repeat(14);
            }
        }
    }

    private static String text(Part part) {
        return switch (part) {
            case Part.Text t -> t.text();
            case Part.Reasoning r -> "(thinks) " + r.text();
            case Part.ToolCall c -> "calls " + c.name() + " " + c.arguments();
            case Part.ToolResult r -> r.name() + (r.error() ? " failed: " : ": ") + r.content();
            case Part.AttachmentRef a -> "attachment " + a.name() + ", " + a.mediaType() + ", " + a.size() + " bytes";
            case Part.Opaque o -> "(something of " + o.vendor() + "'s)";
        };
    }

    private static String how(TurnSummary turn) {
        TurnOutcome outcome = turn.outcome();
        return outcome == null ? turn.state().name().toLowerCase(Locale.ROOT) : outcome.code();
    }

    private static ObjectNode json(TurnSummary t) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("type", "turn")
                .put("id", t.id().value())
                .put("how", how(t))
                .put("attempts", t.attempts())
                .put("revision", t.revision())
                .put("opened", t.openedAt().toString())
                .put("userText", t.userText());
    }

    private static ObjectNode json(InboxItem i) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("type", "input")
                .put("sequence", i.sequence())
                .put("turn", i.turn().value())
                .put("state", i.status().state().name().toLowerCase(Locale.ROOT));
    }

    private static String cut(String text, int width) {
        String line = Screen.safe(text.replace('\n', ' '));
        return line.length() <= width ? line : line.substring(0, width - 1) + "…";
    }
}
