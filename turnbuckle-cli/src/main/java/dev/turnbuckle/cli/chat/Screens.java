package dev.turnbuckle.cli.chat;

import dev.turnbuckle.Sessions;
import dev.turnbuckle.cli.out.Piece;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.cli.out.Span;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.SessionSummary;
import dev.turnbuckle.session.SessionView;
import dev.turnbuckle.session.Usage;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the chat's own commands answer. */
final class Screens {
    private static final int LISTED = 15;
    private static final int WORD = 18;
    private static final int INDENT = 2;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private Screens() {}

    static List<Piece> head(String session, String model) {
        return List.of(
                Piece.line(new Span(Mark.STRONG, model), new Span(Mark.FAINT, "  session " + session)),
                Piece.line(Mark.FAINT, "/help lists the commands, Ctrl-D leaves"),
                new Piece.Gap());
    }

    /** Turns of other sessions that were open: they go on here, and somebody may look for them. */
    static List<Piece> openElsewhere(Sessions sessions, String current) {
        return sessions.list(PageRequest.first(LISTED)).items().stream()
                .filter(s -> s.state() != SessionSummary.State.IDLE && !s.id().equals(current))
                .map(s -> Piece.line(
                        Mark.NOTE, "a turn of session " + s.id() + " is open; /sessions " + s.id() + " shows it"))
                .toList();
    }

    /** What could not be done, whole: the remedy stands at its end. */
    static List<Piece> trouble(Exception e) {
        return List.of(new Piece.Gap(), Piece.flow(Mark.BAD, "✗ " + e.getMessage(), INDENT), new Piece.Gap());
    }

    static List<Piece> help() {
        var pieces = new ArrayList<Piece>();
        pieces.add(new Piece.Gap());
        Command.HELP.forEach(row -> pieces.add(row(row.getFirst(), row.getLast())));
        pieces.add(new Piece.Gap());
        pieces.add(row("Alt-Enter", "a new line, as does a backslash at the end of one"));
        pieces.add(row("Ctrl-C", "stops the turn that runs; twice leaves"));
        pieces.add(row("typing", "while a turn runs: the model reads it at its next step"));
        pieces.add(new Piece.Gap());
        return pieces;
    }

    private static Piece row(String word, String text) {
        return Piece.line(new Span(Mark.STRONG, "  " + Screen.pad(word, WORD)), new Span(Mark.PLAIN, text));
    }

    static List<Piece> usage(Usage usage) {
        String words = Words.usage(usage);
        return List.of(
                Piece.line(Mark.PLAIN, "  " + (words.isEmpty() ? "no tokens were counted in this session" : words)));
    }

    static List<Piece> sessions(Sessions sessions, String current) {
        var page = sessions.list(PageRequest.first(LISTED));
        var pieces = new ArrayList<Piece>();
        if (page.items().isEmpty()) {
            pieces.add(Piece.line(Mark.FAINT, "  none yet"));
        }
        page.items().forEach(s -> pieces.add(session(s, s.id().equals(current))));
        if (page.next() != null) {
            pieces.add(Piece.line(Mark.FAINT, "  … and more: turnbuckle sessions list"));
        }
        return pieces;
    }

    private static Piece session(SessionSummary s, boolean current) {
        String state =
                s.state() == SessionSummary.State.IDLE ? "" : s.state().name().toLowerCase(Locale.ROOT) + "  ";
        return Piece.line(
                new Span(current ? Mark.STRONG : Mark.PLAIN, (current ? "▸ " : "  ") + Screen.pad(s.id(), WORD)),
                new Span(Mark.FAINT, " " + TIME.format(s.updatedAt().atZone(ZoneId.systemDefault())) + "  " + state),
                new Span(Mark.PLAIN, s.firstUserText()));
    }

    static String lastInput(SessionView view) {
        return view.entries().reversed().stream()
                .map(e -> e.message())
                .filter(m -> m.role() == Message.Role.USER)
                .map(Message::text)
                .findFirst()
                .orElse("");
    }

    static String farewell(String session, boolean open) {
        return (open ? "  the turn goes on with: " : "  go on with: ") + "turnbuckle chat --session " + session;
    }
}
