package dev.turnbuckle.cli.chat;

import dev.turnbuckle.Waits;
import dev.turnbuckle.cli.out.Piece;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.OpenWait;
import java.util.List;

/** Puts what a turn waits for to the person at the console, and passes the answer on. */
final class Questions {
    private final Console console;
    private final String user;

    /** @param user who decides, as it is recorded */
    Questions(Console console, String user) {
        this.console = console;
        this.user = user;
    }

    /** Asks once; an unclear answer leaves the question open. @return what was heard */
    Heard put(OpenWait question, Waits waits, Feed feed) {
        console.show(Asking.pieces(question));
        Heard heard = console.ask(Console.Prompt.ANSWER, "");
        if (heard instanceof Heard.Line(String text)) {
            try {
                answer(question, Ruling.of(question.kind(), text), waits, feed);
            } catch (InvalidInputException e) { // no wait any more, or no arguments
                console.show(Screens.trouble(e));
            }
        }
        return heard;
    }

    private void answer(OpenWait question, Ruling ruling, Waits waits, Feed feed) {
        switch (ruling) {
            case Ruling.Later l -> {
                feed.postpone(question);
                say(Mark.FAINT, "put off: asked again when you come back, refused when you send something");
            }
            case Ruling.Unclear u -> say(Mark.NOTE, "that is none of the answers");
            case Ruling.Edit e -> edit(question, waits, feed);
            default -> settled(question, Asking.decide(waits, question, ruling, user), feed);
        }
    }

    private void edit(OpenWait question, Waits waits, Feed feed) {
        Heard heard = console.ask(Console.Prompt.EDIT, Asking.arguments(question));
        if (heard instanceof Heard.Line(String arguments) && !arguments.isBlank()) {
            settled(question, waits.approve(question.id(), user, arguments), feed);
        }
    }

    private void settled(OpenWait question, Decision decision, Feed feed) {
        if (!decision.first()) {
            say(Mark.NOTE, decision.by() + " was first: " + decision.answer().verdict());
        }
        feed.answered(question);
    }

    private void say(Mark mark, String text) {
        console.show(List.of(Piece.line(mark, "  " + text)));
    }
}
