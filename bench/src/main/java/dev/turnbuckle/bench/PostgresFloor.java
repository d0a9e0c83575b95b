package dev.turnbuckle.bench;

import dev.turnbuckle.jdbc.PostgresStorage;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The least that any durable design must do on PostgreSQL: five transactions a turn. Each is two round trips: all its
 * statements at once, then, because somebody has to look at how many rows they changed, COMMIT; those two that record
 * effects are one. As many connections as ours has; who finds none free waits.
 */
final class PostgresFloor implements Contender, FloorTransactions {
    /** Natural keys; the one index beside them finds the sessions that have work. Room for updates, as ours has it. */
    private static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS session (id text COLLATE "C" PRIMARY KEY, agent text, revision bigint, branch bigint,
            depth bigint, chain text, open_turn text, first_user_text text, user_messages bigint, labels text,
            created bigint, updated bigint, due bigint) WITH (fillfactor = 70)
        """,
        "CREATE INDEX IF NOT EXISTS session_due ON session (due) WHERE due IS NOT NULL",
        """
        CREATE TABLE IF NOT EXISTS inbox (session text COLLATE "C", sequence bigint, turn text, kind text, delivery text,
            content text, content_hash text, context text, available bigint, accepted bigint, state text,
            claimed_by text, generation bigint, attempts bigint, PRIMARY KEY (session, sequence)) WITH (fillfactor = 80)
        """,
        """
        CREATE TABLE IF NOT EXISTS lease (id text COLLATE "C" PRIMARY KEY, worker text, incarnation text, token text,
            generation bigint, acquired bigint, expires bigint) WITH (fillfactor = 50)
        """,
        """
        CREATE TABLE IF NOT EXISTS turn (session text COLLATE "C", id text COLLATE "C", agent text, base_revision bigint,
            user_text text, state text, gate text, attempts bigint, opened bigint, ended bigint, intent text, outcome text,
            revision bigint, record text, PRIMARY KEY (session, id)) WITH (fillfactor = 80)
        """,
        """
        CREATE TABLE IF NOT EXISTS journal (session text COLLATE "C", turn text COLLATE "C", effect text COLLATE "C",
            kind text, effect_class text, request_hash text, request text, outcome text, attempts bigint, started bigint,
            ended bigint, PRIMARY KEY (session, turn, effect)) WITH (fillfactor = 80)
        """,
        """
        CREATE TABLE IF NOT EXISTS entry (branch bigint, depth bigint, turn text, message text, chain text,
            PRIMARY KEY (branch, depth))
        """,
        """
        CREATE TABLE IF NOT EXISTS token_usage (session text COLLATE "C", turn text COLLATE "C", ordinal bigint,
            source text, model text, input bigint, output bigint, PRIMARY KEY (session, turn, ordinal))
        """,
        """
        CREATE TABLE IF NOT EXISTS blob (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, hash text, codec text,
            size bigint, bytes bytea)
        """,
        "ALTER TABLE blob ALTER COLUMN bytes SET STORAGE EXTERNAL",
    };

    private final PostgresServer server;
    private final Specimen specimen;
    private final AtomicLong sessions;
    private final List<PostgresFloorSql> connections = new ArrayList<>();
    private final BlockingQueue<PostgresFloorSql> free = new ArrayBlockingQueue<>(CONNECTIONS, true);

    static final int CONNECTIONS = PostgresStorage.DEFAULT_CONNECTIONS;

    /** @param firstSession above the sessions of every other floor in this schema */
    PostgresFloor(PostgresServer server, String schema, Specimen specimen, long firstSession) throws IOException {
        this.server = server;
        this.specimen = specimen;
        this.sessions = new AtomicLong(firstSession);
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(new PostgresFloorSql(PostgresServer.connect(server.url(), schema)));
            }
        } catch (SQLException e) {
            throw new IOException("the floor cannot connect", e);
        }
        free.addAll(connections);
    }

    /** @return its schema */
    static String create(PostgresServer server, String name) {
        String schema = server.schema(name);
        server.execute("", "CREATE SCHEMA " + schema);
        server.execute(schema, TABLES);
        return schema;
    }

    @Override
    public FloorTurn session(String id) {
        return new FloorTurn(specimen, id, sessions.incrementAndGet());
    }

    @Override
    public Client client(String session) {
        return turns(session);
    }

    @Override
    public void transaction(Step step) {
        try {
            PostgresFloorSql connection = free.take();
            try {
                step.run(connection);
                connection.commit();
            } finally {
                free.add(connection);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
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
    public void close() throws IOException {
        try {
            for (PostgresFloorSql connection : connections) {
                connection.close();
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}
