package dev.turnbuckle.bench;

/** Sessions that are due, made by the server out of one that is. */
final class Backlog {
    private Backlog() {}

    /**
     * Each has one input. A database that has had them for a while knows how many there are, so its statistics are made.
     *
     * @param template a session that has an input and was never driven
     */
    static void make(PostgresServer server, String schema, String template, int sessions) {
        String range = " generate_series(1, " + sessions + ") AS n ";
        server.execute(
                schema,
                """
                INSERT INTO session
                SELECT (jsonb_populate_record(s, jsonb_build_object(
                    'id', 'waiting-' || lpad(n::text, 7, '0'), 'due', s.due - 1000000 + n))).*
                FROM session s,
                """ + range + "WHERE s.id = '" + template + "'",
                """
                INSERT INTO inbox
                SELECT (jsonb_populate_record(i, jsonb_build_object(
                    'sequence', nextval('inbox_sequence'), 'session', 'waiting-' || lpad(n::text, 7, '0'),
                    'turn', i.turn || '-' || n))).*
                FROM inbox i,
                """ + range + "WHERE i.session = '" + template + "'",
                "VACUUM ANALYZE session",
                "VACUUM ANALYZE inbox");
    }

    /** How many sessions are waiting or being driven. */
    static long left(PostgresServer server, String schema) {
        return server.number("SELECT count(*) FROM " + schema + ".session WHERE due IS NOT NULL");
    }
}
