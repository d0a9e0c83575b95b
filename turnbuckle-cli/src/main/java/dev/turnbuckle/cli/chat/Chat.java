package dev.turnbuckle.cli.chat;

import dev.turnbuckle.Session;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.cli.out.Piece;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnId;
import java.util.List;
import java.util.Map;

/**
 * A conversation at a console: reads what is typed, and sends, steers, answers, cancels. What happens is shown by
 * {@link Feed}, whoever caused it. One thread.
 */
public final class Chat {
    /** The terminal was left by Ctrl-C while something ran. */
    public static final int INTERRUPTED = 130;

    /** Makes the runtimes of a chat, one at a time. */
    public interface Runtimes {
        /** @throws TurnbuckleException when no agent can be made of this model: a name that is none, a key that is missing */
        void requireModel(String model);

        /** Closes the last one, and opens one whose agent asks this model. */
        Turnbuckle open(String model);

        /** The session to begin with. */
        String first(Turnbuckle turnbuckle);

        /** @throws RuntimeException when it belongs to an agent that this command does not have */
        void requireOurs(Session session);

        /** A new session's id. */
        String newId();

        /** What each input carries for the tools. */
        Map<String, String> context();
    }

    private final Console console;
    private final Runtimes runtimes;
    private final String user;
    private final Questions questions;
    private Turnbuckle turnbuckle;
    private Session session;
    private Feed feed;
    private String model;
    private String last = "";

    /** How often Ctrl-C was pressed since the last line. */
    private int interrupts;

    private int status;

    /** @param user who decides, as it is recorded */
    public Chat(Console console, Runtimes runtimes, String model, String user) {
        this.console = console;
        this.runtimes = runtimes;
        this.user = user;
        this.questions = new Questions(console, user);
        this.model = model;
        this.turnbuckle = runtimes.open(model);
        try {
            this.session = turnbuckle.session(runtimes.first(turnbuckle));
            runtimes.requireOurs(session);
            console.show(Screens.head(session.id(), model));
            console.show(Screens.openElsewhere(turnbuckle.sessions(), session.id()));
            this.feed = new Feed(session, console, true);
        } catch (RuntimeException e) {
            turnbuckle.closeNow();
            throw e;
        }
    }

    /** @return the exit status */
    public int run() {
        try {
            boolean goesOn = true;
            while (goesOn) {
                goesOn = withoutTrouble();
            }
            boolean open = feed.open();
            feed.close();
            say(Mark.FAINT, Screens.farewell(session.id(), open));
        } finally {
            feed.close();
            if (status == INTERRUPTED) {
                turnbuckle.closeNow();
            } else {
                turnbuckle.close();
            }
        }
        return status;
    }

    /** What the environment refuses is told, and the chat goes on. */
    private boolean withoutTrouble() {
        try {
            return turnOfEvents();
        } catch (TurnbuckleException e) { // the person's edge
            console.show(Screens.trouble(e));
            return true;
        }
    }

    private boolean turnOfEvents() {
        OpenWait question = feed.question();
        if (question != null) {
            return asked(question);
        }
        Heard heard = feed.busy() ? console.listen(feed::busy) : console.ask(Console.Prompt.YOU, "");
        return switch (heard) {
            case Heard.Line(String text) -> typed(text);
            case Heard.Interrupt i -> interrupted();
            case Heard.End e -> false;
            case Heard.Nothing n -> {
                interrupts = 0; // what ran is over, or a line was given up
                yield true;
            }
        };
    }

    private void say(Mark mark, String line) {
        console.show(List.of(Piece.line(mark, line)));
    }

    // ---- Ctrl-C

    /** Once stops what runs; twice leaves. */
    private boolean interrupted() {
        interrupts++;
        boolean open = feed.open();
        if (interrupts > 1) {
            status = open ? INTERRUPTED : 0;
            return false;
        }
        if (open) {
            say(Mark.NOTE, "  ✗ cancelling … Ctrl-C again leaves");
            List<TurnId> turns = feed.awaited();
            turns.forEach(t -> session.turn(t).cancel("stopped at the terminal", user));
        } else {
            say(Mark.FAINT, "  Ctrl-C again leaves, as Ctrl-D and /quit do");
        }
        return true;
    }

    // ---- lines

    private boolean typed(String line) {
        interrupts = 0;
        return obey(Command.of(line));
    }

    private boolean obey(Command command) {
        switch (command) {
            case Command.Say(String text) -> send(text);
            case Command.Help h -> console.show(Screens.help());
            case Command.Usage u -> console.show(Screens.usage(session.usage()));
            case Command.Sessions(String id) -> sessions(id);
            case Command.New n -> move(runtimes.newId());
            case Command.Model(String name) -> model(name);
            case Command.Retry r -> retry();
            case Command.Quit q -> {
                return false;
            }
            case Command.Nothing n -> {}
            case Command.Unknown(String word) ->
                say(Mark.NOTE, "  " + word + " is no command; /help lists them. Begin with // to say it to the model");
        }
        return true;
    }

    private void send(String text) {
        var input = Input.text(text);
        for (Map.Entry<String, String> fact : runtimes.context().entrySet()) {
            input = input.context(fact.getKey(), fact.getValue());
        }
        last = text;
        feed.send(input, text);
    }

    private void retry() {
        if (feed.busy()) {
            say(Mark.NOTE, "  a turn runs; /retry is for when it has ended");
            return;
        }
        String text = last.isEmpty() ? Screens.lastInput(session.view()) : last;
        if (text.isEmpty()) {
            say(Mark.NOTE, "  nothing was sent in this session yet");
        } else {
            say(Mark.FAINT, "  again: " + text);
            send(text);
        }
    }

    private void sessions(String id) {
        if (id.isEmpty()) {
            console.show(Screens.sessions(turnbuckle.sessions(), session.id()));
        } else {
            move(id);
        }
    }

    private void move(String id) {
        if (busy("go to another session")) {
            return;
        }
        Session next = turnbuckle.session(id);
        runtimes.requireOurs(next);
        feed.close();
        session = next;
        last = "";
        say(Mark.FAINT, "  session " + id);
        feed = new Feed(session, console, true);
    }

    private void model(String name) {
        if (name.isEmpty()) {
            say(Mark.PLAIN, "  " + model);
        } else if (!busy("change the model")) {
            runtimes.requireModel(name);
            feed.close();
            turnbuckle = runtimes.open(name);
            model = name;
            session = turnbuckle.session(session.id());
            feed = new Feed(session, console, false);
            say(Mark.FAINT, "  now " + name);
        }
    }

    private boolean busy(String to) {
        if (feed.open()) {
            say(Mark.NOTE, "  a turn is open; let it end, or stop it with Ctrl-C, to " + to);
        }
        return feed.open();
    }

    private boolean asked(OpenWait question) {
        return switch (questions.put(question, turnbuckle.waits(), feed)) {
            case Heard.Interrupt i -> interrupted();
            case Heard.End e -> false;
            case Heard.Line l -> {
                interrupts = 0;
                yield true;
            }
            case Heard.Nothing n -> true;
        };
    }
}
