package dev.turnbuckle.examples;

import static dev.turnbuckle.testkit.ScriptedModel.says;

import dev.turnbuckle.Events;
import dev.turnbuckle.Session;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.Observation;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.testkit.ScriptedModel;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A page that shows a turn live, is closed in the middle, comes back, and comes back once more after the server was
 * restarted. Writes {@code agents.db} where it is started.
 */
public final class E03Stream {
    private E03Stream() {}

    // docs:stream
    /** The whole server side of a page that survives reloads: one cursor in, events out. */
    static void stream(Session session, Optional<String> lastEventId, PrintWriter out) {
        Cursor from = lastEventId.map(Cursor::parse).orElseGet(() -> {
            Observation now = session.observe(); // settled text, and where live goes on
            write(out, "view", now.cursor(), now.json());
            return now.cursor();
        });
        try (Events events = session.events(from)) {
            for (SessionEvent event : events) { // a gap is an item with a fresh view, never an exception
                write(out, event.type(), event.cursor(), event.json());
                if (out.checkError()) {
                    return; // the browser is gone; the turn does not care
                }
            }
        }
    }

    static void write(PrintWriter out, String type, Cursor cursor, String json) {
        out.print("event: " + type + "\nid: " + cursor.value() + "\ndata: " + json + "\n\n");
    }
    // docs:end

    static Turnbuckle server(Path folder) {
        return Turnbuckle.builder()
                .storage(SqliteStorage.at(folder.resolve("agents.db")))
                .model(ScriptedModel.of(says("One two three four five six."), says("Seven.")))
                .build();
    }

    /** What the page received, one line an event. */
    static void show(Path folder, PrintStream shown) {
        String lastEventId;
        try (var turnbuckle = server(folder)) {
            Session session = turnbuckle.session("page-1");

            var first = new Page("text_delta"); // closed by its reader at the first words
            session.send("Count to six.");
            stream(session, Optional.empty(), first.writer());
            shown.println("first page: " + first.types());

            var second = new Page("committed");
            stream(session, Optional.of(first.lastEventId()), second.writer());
            shown.println("second page: " + second.types());
            lastEventId = second.lastEventId();
        }
        try (var turnbuckle = server(folder)) { // another life of the server: its buffer is empty
            var third = new Page("gap");
            stream(turnbuckle.session("page-1"), Optional.of(lastEventId), third.writer());
            shown.println("third page: " + third.types());
        }
    }

    public static void main(String[] args) {
        show(Path.of(""), System.out);
    }
}
