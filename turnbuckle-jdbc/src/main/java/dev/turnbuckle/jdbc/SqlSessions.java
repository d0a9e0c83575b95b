package dev.turnbuckle.jdbc;

import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.plan.RowGroups;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The session table. */
interface SqlSessions extends RowGroups.OfSessions {
    String COLUMNS = """
            s.id, s.agent, s.revision, s.branch, s.depth, s.chain, s.checkpoint, s.open_turn,
            s.first_user_text, s.user_messages, s.title, s.parent, s.cause, s.directory, s.model, s.labels,
            s.created, s.updated, s.due, s.deleted
            """;

    String FIND = "SELECT " + COLUMNS + " FROM session s WHERE s.id = ?";

    String INSERT = """
            INSERT INTO session (id, agent, revision, branch, depth, chain, checkpoint, open_turn,
                first_user_text, user_messages, title, parent, cause, directory, model, labels,
                created, updated, due, deleted)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
            ON CONFLICT DO NOTHING
            """;

    // "deleted < 1" and not "deleted = 0": the index that has only such rows must not look like a way to find one of
    // them.
    String UPDATE_WORK = "UPDATE session SET open_turn = ?, due = ? WHERE id = ? AND deleted < 1";

    String UPDATE_HEAD = """
            UPDATE session SET revision = ?, branch = ?, depth = ?, chain = ?, checkpoint = ?,
                first_user_text = ?, user_messages = ?, open_turn = ?, due = ?, updated = ?
            WHERE id = ? AND deleted < 1
            """;

    String UPDATE_METADATA = """
            UPDATE session SET title = ?, parent = ?, cause = ?, directory = ?, model = ?, labels = ?
            WHERE id = ? AND deleted < 1
            """;

    String UPDATE_SHARE = "UPDATE session SET share = ? WHERE id = ? AND deleted < 1 AND share IS DISTINCT FROM ?";

    String FIRST_SHARE = "UPDATE session SET share = ? WHERE id = ? AND deleted < 1 AND share IS NULL";

    String BURY = """
            UPDATE session SET revision = 0, branch = 0, depth = 0, chain = ?, checkpoint = NULL, open_turn = NULL,
                first_user_text = '', user_messages = 0, title = NULL, parent = NULL, cause = NULL, directory = NULL,
                model = NULL, labels = '{}', share = NULL, updated = ?, due = NULL, deleted = 1
            WHERE id = ? AND deleted < 1
            """;

    String BURY_LEASE = "DELETE FROM lease WHERE kind = 'session' AND id = ?";
    String BURY_INBOX = "DELETE FROM inbox WHERE session = ?";
    String BURY_WAITS = "DELETE FROM wait WHERE session = ?";

    /** An empty parameter stands for any. Labels are compared by the reader, row by row. */
    String LIST = "SELECT " + COLUMNS + """
            FROM session s LEFT JOIN turn t ON t.session = s.id AND t.id = s.open_turn
            WHERE s.deleted = 0
              AND (s.updated < ? OR (s.updated = ? AND s.id > ?))
              AND SUBSTR(s.id, 1, LENGTH(?)) = ?
              AND (? = '' OR s.parent = ?)
              AND (? = '' OR ? = CASE WHEN s.open_turn IS NOT NULL
                                      THEN CASE WHEN t.state = 'SUSPENDED' THEN 'SUSPENDED' ELSE 'RUNNING' END
                                      ELSE CASE WHEN s.due IS NULL THEN 'IDLE' ELSE 'PENDING' END END)
            ORDER BY s.updated DESC, s.id
            """;

    String DUE = "SELECT id, due FROM session WHERE agent = ? AND due <= ? ORDER BY due, id LIMIT ?";
    String NEXT_SHARE = """
            SELECT share FROM session WHERE agent = ? AND share > ? AND due IS NOT NULL ORDER BY share LIMIT 1
            """;
    String DUE_OF_SHARE = """
            SELECT id, due FROM session WHERE agent = ? AND share = ? AND due <= ? ORDER BY due, id LIMIT ?
            """;
    String NEXT_DUE = "SELECT due FROM session WHERE agent = ? AND due > ? ORDER BY due LIMIT 1";

    /** The order of names in the database, which is not that of Java's strings beyond U+FFFF. */
    Comparator<String> BY_BYTES =
            Comparator.comparing(text -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    Statements sql();

    Instant now();

    /** One session that is due. */
    record Due(String id, Instant at) {}

    @Override
    default @Nullable SessionRow session(String id) {
        return sql().call(FIND).text(id).first(SqlSessions::row);
    }

    static SessionRow row(Line in) {
        return new SessionRow(
                in.text(),
                in.text(),
                new SessionRow.Head(in.number(), in.number(), in.number(), in.text(), in.textOrNull()),
                turn(in.textOrNull()),
                new SessionRow.Facts(in.text(), in.number()),
                new Metadata(
                        in.textOrNull(),
                        in.textOrNull(),
                        in.textOrNull(),
                        in.textOrNull(),
                        in.textOrNull(),
                        Texts.read(in.text())),
                in.time(),
                in.time(),
                in.timeOrNull(),
                in.number() != 0);
    }

    private static @Nullable TurnId turn(@Nullable String id) {
        return id == null ? null : new TurnId(id);
    }

    static @Nullable String id(@Nullable TurnId turn) {
        return turn == null ? null : turn.value();
    }

    @Override
    default void insertSession(SessionRow row) {
        inserted(sql().call(INSERT), row).updateOne();
    }

    static Call inserted(Call first, SessionRow row) {
        var head = row.head();
        var call = first.text(row.id())
                .text(row.agent())
                .number(head.revision())
                .number(head.branch())
                .number(head.depth())
                .text(head.chain())
                .text(head.checkpoint())
                .text(id(row.openTurn()))
                .text(row.facts().firstUserText())
                .number(row.facts().userMessages());
        return metadata(call, row.metadata())
                .time(row.createdAt())
                .time(row.updatedAt())
                .timeOrNull(row.due());
    }

    static Call metadata(Call call, Metadata m) {
        return call.text(m.title())
                .text(m.parent())
                .text(m.cause())
                .text(m.directory())
                .text(m.model())
                .text(Texts.write(m.labels()));
    }

    @Override
    default void updateWork(SessionRow row) {
        sql().call(UPDATE_WORK)
                .text(id(row.openTurn()))
                .timeOrNull(row.due())
                .text(row.id())
                .updateOne();
    }

    @Override
    default void updateHead(SessionRow row) {
        head(sql().call(UPDATE_HEAD), row).updateOne();
    }

    static Call head(Call call, SessionRow row) {
        var head = row.head();
        return call.number(head.revision())
                .number(head.branch())
                .number(head.depth())
                .text(head.chain())
                .text(head.checkpoint())
                .text(row.facts().firstUserText())
                .number(row.facts().userMessages())
                .text(id(row.openTurn()))
                .timeOrNull(row.due())
                .time(row.updatedAt())
                .text(row.id());
    }

    @Override
    default void updateShare(String id, String share, boolean first) {
        if (first) {
            sql().call(FIRST_SHARE).text(share).text(id).update();
        } else {
            sql().call(UPDATE_SHARE).text(share).text(id).text(share).update();
        }
    }

    @Override
    default void updateMetadata(String id, Metadata metadata) {
        metadata(sql().call(UPDATE_METADATA), metadata).text(id).updateOne();
    }

    @Override
    default void bury(String id, Instant at) {
        sql().call(BURY).text(SessionRow.Head.EMPTY.chain()).time(at).text(id).updateOne();
        sql().call(BURY_LEASE).text(id).update();
        sql().call(BURY_INBOX).text(id).update();
        sql().call(BURY_WAITS).text(id).update();
    }

    @Override
    default List<SessionRow> sessions(SessionStore.Query query, @Nullable Anchor after, int most) {
        long before = after == null ? Long.MAX_VALUE : Micros.of(after.updatedAt());
        String parent = Objects.requireNonNullElse(query.parent(), "");
        String state = query.state() == null ? "" : query.state().name();
        return sql().call(LIST)
                .number(before)
                .number(before)
                .text(after == null ? "" : after.id())
                .text(query.prefix())
                .text(query.prefix())
                .text(parent)
                .text(parent)
                .text(state)
                .text(state)
                .some(
                        SqlSessions::row,
                        s -> s.metadata()
                                .labels()
                                .entrySet()
                                .containsAll(query.labels().entrySet()),
                        most);
    }

    @Override
    default List<String> due(Set<String> agents, Duration since, int most) {
        Instant latest = now().minus(since);
        return longestWaiting(
                agents, most, agent -> sql().call(DUE).text(agent).time(latest).number(most));
    }

    private static List<String> longestWaiting(Set<String> agents, int most, Function<String, Call> due) {
        return agents.stream()
                .flatMap(agent -> due.apply(agent).all(in -> new Due(in.text(), in.time())).stream())
                .sorted(Comparator.comparing(Due::at).thenComparing(Due::id))
                .limit(most)
                .map(Due::id)
                .toList();
    }

    @Override
    default List<Inbox.Share> dueByShare(Set<String> agents, Duration since, String after, int most, int each) {
        Instant latest = now().minus(since);
        var shares = new ArrayList<Inbox.Share>();
        for (String share = nextShare(agents, after);
                share != null && shares.size() < most;
                share = nextShare(agents, share)) {
            String name = share;
            shares.add(new Inbox.Share(
                    name,
                    longestWaiting(
                            agents,
                            each,
                            agent -> sql().call(DUE_OF_SHARE)
                                    .text(agent)
                                    .text(name)
                                    .time(latest)
                                    .number(each))));
        }
        return shares;
    }

    private @Nullable String nextShare(Set<String> agents, String after) {
        return agents.stream()
                .map(agent -> sql().call(NEXT_SHARE).text(agent).text(after).first(Line::text))
                .filter(Objects::nonNull)
                .min(BY_BYTES)
                .orElse(null);
    }

    @Override
    default @Nullable Duration untilDue(Set<String> agents) {
        Instant now = now();
        return agents.stream()
                .map(agent -> sql().call(NEXT_DUE).text(agent).time(now).first(Line::time))
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .map(due -> Duration.between(now, due))
                .orElse(null);
    }
}
