package dev.turnbuckle.cli.chat;

import dev.turnbuckle.Waits;
import dev.turnbuckle.cli.out.Piece;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.cli.out.Span;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.OpenWait;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How an open wait is put to a person, and what becomes of the answer. */
final class Asking {
    /** Lines of one argument that are shown. */
    private static final int LINES = 8;

    private static final int NAME = 10;

    private Asking() {}

    static List<Piece> pieces(OpenWait wait) {
        JsonNode details = details(wait);
        String tool = details.path("tool").asString("");
        var pieces = new ArrayList<Piece>();
        pieces.add(new Piece.Gap());
        String why = switch (wait.kind()) {
            case APPROVAL -> " asks before it runs";
            case UNKNOWN_OUTCOME -> " was started, and a crash took its outcome: what happened?";
        };
        pieces.add(Piece.line(new Span(Mark.NOTE, "  ? "), new Span(Mark.STRONG, tool), new Span(Mark.PLAIN, why)));
        JsonNode arguments = Words.tree(arguments(wait));
        if (arguments != null && arguments.isObject()) {
            arguments.propertyStream().forEach(p -> argument(pieces, p.getKey(), Words.value(p.getValue())));
        }
        pieces.add(Piece.line(Mark.FAINT, "  " + Ruling.choices(wait.kind())));
        return pieces;
    }

    private static void argument(List<Piece> pieces, String name, String value) {
        List<String> lines = value.lines().toList();
        String label = Screen.pad(name, NAME) + " ";
        for (int i = 0; i < Math.min(lines.size(), LINES); i++) {
            pieces.add(Piece.line(new Span(Mark.FAINT, "    " + label), new Span(Mark.PLAIN, lines.get(i))));
            label = " ".repeat(label.length());
        }
        if (lines.size() > LINES) {
            pieces.add(Piece.line(
                    Mark.FAINT,
                    "    " + label + "… " + Words.count(lines.size(), "line") + ", "
                            + Words.count(value.length(), "character") + " in all"));
        }
    }

    private static JsonNode details(OpenWait wait) {
        return JsonMapper.shared().readTree(wait.details());
    }

    /** The call's arguments, JSON. */
    static String arguments(OpenWait wait) {
        return details(wait).path("arguments").asString("{}");
    }

    /** Passes on what decides; the rest is the caller's. */
    static Decision decide(Waits waits, OpenWait wait, Ruling ruling, String by) {
        return switch (ruling) {
            case Ruling.Approve a -> waits.approve(wait.id(), by);
            case Ruling.Reject r -> waits.reject(wait.id(), by, r.reason());
            case Ruling.Done d -> waits.done(wait.id(), by, d.result().isEmpty() ? "done" : d.result());
            case Ruling.NotDone n -> waits.notDone(wait.id(), by);
            case Ruling.RunAgain r -> waits.runAgain(wait.id(), by);
            case Ruling.Edit e -> throw new IllegalStateException("edited arguments come with their own call");
            case Ruling.Later l -> throw new IllegalStateException("later is no decision");
            case Ruling.Unclear u -> throw new IllegalStateException("unclear is no decision");
        };
    }
}
