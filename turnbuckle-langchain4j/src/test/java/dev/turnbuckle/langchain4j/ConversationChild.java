package dev.turnbuckle.langchain4j;

import dev.turnbuckle.Session;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.tool.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Holds a conversation in a process of its own, and says on standard output whatever happens, one line each, so that its
 * parent can kill it at any moment. Started again, it sends the same inputs under the same keys and goes on.
 *
 * <p>Arguments: database, ledger, address of the server, name of the model, number of turns.
 */
public final class ConversationChild {
    static final String FINISHED = "FINISHED";
    static final String SESSION = "conversation";

    record Note(String text) {}

    private ConversationChild() {}

    public static void main(String[] args) {
        try (Turnbuckle turnbuckle = runtime(Path.of(args[0]), Path.of(args[1]), WireTest.model(args[2], args[3]))) {
            Session session = turnbuckle.session(SESSION);
            Thread.ofPlatform().daemon().start(() -> say(session));
            for (int i = 1; i <= Integer.parseInt(args[4]); i++) {
                session.send(Input.text("turn " + i).key("turn-" + i)).await();
            }
        }
        System.out.println(FINISHED);
    }

    static Turnbuckle runtime(Path database, Path ledger, VendorModel model) {
        return Turnbuckle.builder()
                .storage(SqliteStorage.at(database))
                .model(model)
                .instructions("Note every turn.")
                .attempts(1_000) // more than there are kills
                .tool(Tool.once("note", "Notes a text", Note.class, note -> {
                    Files.writeString(ledger, note.text() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                    return "noted " + note.text();
                }))
                .build();
    }

    private static void say(Session session) {
        try {
            for (SessionEvent event : session.events()) {
                System.out.println(event.activity().getClass().getSimpleName());
            }
        } catch (ClosedException e) {
            // the conversation is over
        }
    }
}
