package dev.turnbuckle.bench;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.jdbc.PostgresStorage;

/** A runtime as an application makes it, on PostgreSQL. */
final class PostgresOurs implements Contender {
    private final PostgresServer server;
    private final Turnbuckle turnbuckle;

    /** @param schema made when it is not there; further parameters of an address may follow */
    PostgresOurs(PostgresServer server, String schema) {
        this.server = server;
        this.turnbuckle = Turnbuckle.builder()
                .storage(PostgresStorage.at(server.url(schema)))
                .agent(Ours.agent(Agent.DEFAULT_HISTORY_ENTRIES, () -> {}))
                .build();
    }

    @Override
    public Client client(String session) {
        var handle = turnbuckle.session(session);
        return () -> handle.ask(Ours.QUESTION);
    }

    @Override
    public long commits() {
        return server.transactions();
    }

    @Override
    public long serverNanos() {
        return server.cpuNanos();
    }

    @Override
    public void close() {
        turnbuckle.close();
    }
}
