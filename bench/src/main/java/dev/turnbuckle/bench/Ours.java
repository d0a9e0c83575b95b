package dev.turnbuckle.bench;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.jdbc.SqliteStorage.Synchronous;
import dev.turnbuckle.tool.Tool;
import java.io.IOException;
import java.nio.file.Path;

/** A runtime as an application makes it, on a database of its own. */
final class Ours implements Contender {
    static final String QUESTION = "Please book two beds in Oslo for tonight, with breakfast.";

    private final Path file;
    private final Turnbuckle turnbuckle;
    private final WalIndex log;
    private volatile Runnable duringTool = () -> {};

    record Booking(String city, int guests) {}

    private Ours(Path file, int historyEntries, Synchronous synchronous) throws IOException {
        this.file = file;
        this.turnbuckle = Turnbuckle.builder()
                .storage(SqliteStorage.builder(file).synchronous(synchronous).build())
                .agent(agent(historyEntries, () -> duringTool.run()))
                .build();
        this.log = WalIndex.of(file);
    }

    static Ours on(Path file) throws IOException {
        return new Ours(file, Agent.DEFAULT_HISTORY_ENTRIES, Synchronous.FULL);
    }

    static Ours on(Path file, int historyEntries, Synchronous synchronous) throws IOException {
        return new Ours(file, historyEntries, synchronous);
    }

    /** @param inTool runs inside the tool's body */
    static Agent agent(int historyEntries, Runnable inTool) {
        return Agent.named("default")
                .model(new InstantModel())
                .instructions("You book rooms for the guests of a small hotel, and you are brief.")
                .tool(Tool.once(InstantModel.TOOL, "Books beds in a city", Booking.class, booking -> {
                    inTool.run();
                    return "booked " + booking.guests() + " beds in " + booking.city() + ", reference 4711";
                }))
                .historyEntries(historyEntries)
                .build();
    }

    /** Runs one turn; the action runs inside its tool's body. */
    void turn(String session, Runnable inTool) {
        duringTool = inTool;
        turnbuckle.session(session).ask(QUESTION);
        duringTool = () -> {};
    }

    Path file() {
        return file;
    }

    WalIndex log() {
        return log;
    }

    @Override
    public Client client(String session) {
        var handle = turnbuckle.session(session);
        return () -> handle.ask(QUESTION);
    }

    @Override
    public long commits() {
        return log.commits();
    }

    @Override
    public void close() throws IOException {
        turnbuckle.close();
        log.close();
    }
}
