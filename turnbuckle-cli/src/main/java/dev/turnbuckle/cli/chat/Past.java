package dev.turnbuckle.cli.chat;

import dev.turnbuckle.cli.out.Piece;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.cli.out.Span;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.SessionView;
import java.util.ArrayList;
import java.util.List;

/** What was said before, as it stands in a session's history. */
final class Past {
    /** User messages from which on a session is shown when it is opened. */
    private static final int RECENT = 3;

    private static final int NAME = 14;

    private Past() {}

    static List<Piece> of(SessionView view) {
        List<Entry> entries = view.entries();
        if (entries.isEmpty()) {
            return List.of();
        }
        int from = recent(entries);
        var pieces = new ArrayList<Piece>();
        if (from > 0) {
            pieces.add(Piece.line(
                    Mark.FAINT,
                    "… " + Words.count(from, "entry").replace("entrys", "entries")
                            + " before this: turnbuckle sessions show " + view.id()));
        }
        pieces.addAll(entries(entries.subList(from, entries.size())));
        return pieces;
    }

    private static int recent(List<Entry> entries) {
        int users = 0;
        for (int i = entries.size() - 1; i > 0; i--) {
            if (entries.get(i).message().role() == Message.Role.USER && ++users == RECENT) {
                return i;
            }
        }
        return 0;
    }

    static List<Piece> entries(List<Entry> entries) {
        var pieces = new ArrayList<Piece>();
        for (Entry entry : entries) {
            Message message = entry.message();
            message.parts().forEach(part -> part(pieces, message, part));
            if (message.interrupted()) {
                pieces.add(Piece.line(Mark.NOTE, "  ✗ cut off here"));
            }
        }
        pieces.add(new Piece.Gap());
        return pieces;
    }

    private static void part(List<Piece> pieces, Message message, Part part) {
        switch (part) {
            case Part.Text t when message.role() == Message.Role.RUNTIME -> step(pieces, "·", "", t.text());
            case Part.Text t -> {
                pieces.add(new Piece.Gap());
                if (message.role() == Message.Role.USER) {
                    pieces.add(Piece.flow(Mark.STRONG, Console.Prompt.YOU.text, 0));
                }
                pieces.add(Piece.flow(Mark.PLAIN, t.text().strip(), 0));
                pieces.add(new Piece.Gap());
            }
            case Part.Reasoning r -> {}
            case Part.ToolCall c -> step(pieces, "▸", c.name(), Words.arguments(c.arguments()));
            case Part.ToolResult r -> step(pieces, r.error() ? "✗" : "✓", r.name(), Words.firstLine(r.content()));
            case Part.AttachmentRef a ->
                step(pieces, "+", a.name(), a.mediaType() + ", " + Words.count(a.size(), "byte"));
            case Part.Opaque o -> {}
        }
    }

    private static void step(List<Piece> pieces, String sign, String name, String text) {
        String label = name.isEmpty() ? "" : Screen.pad(name, NAME) + " ";
        pieces.add(Piece.line(new Span(Mark.FAINT, "  " + sign + " " + label + Words.firstLine(text))));
    }

    /** A turn that nobody finished. */
    static List<Piece> open(String asked) {
        return List.of(
                new Piece.Gap(),
                Piece.flow(Mark.STRONG, Console.Prompt.YOU.text, 0),
                Piece.flow(Mark.PLAIN, asked.strip(), 0),
                new Piece.Gap(),
                Piece.line(Mark.NOTE, "  … this turn was open when the last program ended; it goes on"));
    }
}
