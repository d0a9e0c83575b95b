package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.tool.Tool;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of lanes, connections and rules when something fails where one does not expect it. */
@Timeout(120)
class PostgresConnectionsTest {
    private final String schema = PostgresServer.emptyTables();

    @AfterEach
    void giveBack() {
        PostgresServer.giveBack(schema);
    }

    private PostgresStorage open(PostgresStorage.Builder builder) {
        var storage = builder.schema(schema).connections(1).wakeups(false).build();
        storage.open(Stores.ENVIRONMENT);
        return storage;
    }

    /** Connections without a pool: what is not closed stays open, and comes back as it was left. */
    private static final class Host {
        final AtomicInteger open = new AtomicInteger();
        volatile boolean automatic = true;
        volatile boolean leftAutomatic;
        volatile RuntimeException noConnection;
        volatile SQLException noStatement;

        DataSource source() {
            DataSource plain = PostgresServer.source();
            return proxy(DataSource.class, (method, arguments) -> {
                if (!method.getName().equals("getConnection")) {
                    return method.invoke(plain, arguments);
                }
                if (noConnection != null) {
                    throw noConnection;
                }
                Connection connection = plain.getConnection();
                connection.setAutoCommit(automatic);
                open.incrementAndGet();
                return connection(connection);
            });
        }

        private Connection connection(Connection plain) {
            return proxy(Connection.class, (method, arguments) -> {
                if (method.getName().equals("prepareStatement") && noStatement != null) {
                    throw noStatement;
                }
                if (method.getName().equals("close")) {
                    leftAutomatic = plain.getAutoCommit();
                    open.decrementAndGet();
                }
                return method.invoke(plain, arguments);
            });
        }

        private interface Called {
            Object with(Method method, Object[] arguments) throws Throwable;
        }

        private static <T> T proxy(Class<T> type, Called called) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                        try {
                            return called.with(method, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }
    }

    @Test
    void a_source_that_throws_what_it_should_not_fails_one_call_and_ends_no_lane() {
        var host = new Host();
        try (var storage = open(PostgresStorage.builder(host.source()))) {
            host.noConnection = new IllegalStateException("no tenant is chosen");
            assertThatThrownBy(() -> Stores.accept(storage, "a")).isSameAs(host.noConnection);
            host.noConnection = null;
            assertThat(Stores.accept(storage, "a").existing()).isFalse();
        }
        assertThat(host.open).hasValue(0);
    }

    @Test
    void j10_a_transaction_that_cannot_begin_keeps_no_connection() {
        var host = new Host();
        try (var storage = open(PostgresStorage.builder(host.source()))) {
            host.noStatement = new SQLException("not now", "53200");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(storage::begin)
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("not now");
            }
            assertThat(host.open).hasValue(0);
            host.noStatement = null;
            storage.begin().close();
        }
        assertThat(host.open).hasValue(0);
    }

    @Test
    void j10_a_tool_s_connection_comes_back_as_it_went() {
        var host = new Host();
        try (var storage = open(PostgresStorage.builder(host.source()))) {
            for (boolean automatic : new boolean[] {true, false}) {
                host.automatic = automatic;
                SharedTransaction transaction = storage.begin();
                transaction.close();
                assertThat(host.leftAutomatic).isEqualTo(automatic);
            }
        }
    }

    record Order(String item) {}

    @Test
    void j10_a_tool_that_is_stopped_in_the_middle_keeps_no_connection() throws InterruptedException {
        var host = new Host();
        var begun = new CountDownLatch(1);
        Tool order = Tool.idempotent("order", "Orders an item", Order.class, (item, context) -> {
            context.transaction();
            begun.countDown();
            Stores.ENVIRONMENT.sleep(Duration.ofHours(1));
            return "ordered";
        });
        try (var turnbuckle = Turnbuckle.builder()
                .storage(PostgresStorage.builder(host.source())
                        .schema(schema)
                        .connections(2)
                        .wakeups(false)
                        .build())
                .drain(Duration.ofMillis(1))
                .model(ScriptedModel.of(ScriptedModel.calls("order", new Order("a lamp"))))
                .tool(order)
                .build()) {
            turnbuckle.session("s").send("A lamp, please");
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(host.open).hasValue(0);
    }

    /** As after a process was stopped for too long: the server has undone what there was. */
    @Test
    void s36_a_transaction_that_the_server_ended_because_it_stood_still_is_run_again() {
        var runs = new AtomicInteger();
        try (var storage = open(PostgresStorage.builder(PostgresServer.url(schema)))) {
            Stores.accept(storage, "a");
            String agent = storage.transactions().write(rows -> {
                if (runs.incrementAndGet() == 1) {
                    stopped(((SqlRows) rows).sql());
                }
                return rows.session("a").agent();
            });
            assertThat(agent).isEqualTo("agent");
            assertThat(runs).hasValue(2);
        }
    }

    private static void stopped(Statements sql) {
        sql.call("SET LOCAL idle_in_transaction_session_timeout = 20").run();
        Long process = sql.call("SELECT pg_backend_pid()").first(Line::number);
        until("SELECT COUNT(*) FROM pg_stat_activity WHERE pid = " + process, 0);
    }

    /** Waits for the server's answer to become that. */
    static void until(String question, long answer) {
        try (var connection = PostgresServer.connect();
                var statement = connection.prepareStatement(question)) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            long found = answer + 1;
            while (found != answer && System.nanoTime() < end) {
                Stores.ENVIRONMENT.sleep(Duration.ofMillis(5));
                try (var rows = statement.executeQuery()) {
                    rows.next();
                    found = rows.getLong(1);
                }
            }
            assertThat(found).as(question).isEqualTo(answer);
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An old program that waits for the lock while a newer one migrates must not write what it decided before. */
    @Test
    void s24_an_answer_that_waited_for_a_migration_is_refused_by_it() throws Exception {
        try (var storage = open(PostgresStorage.builder(PostgresServer.url(schema)))) {
            storage.sessions().create("a", "agent", Metadata.NONE);
            PostgresServer.execute(
                    "INSERT INTO " + schema + ".wait (id, session, turn, effect, kind, question, details,"
                            + " since) VALUES ('w', 'a', 't', 'e', 'APPROVAL', 'q', '', 0)");
            try (var migrating = PostgresServer.connect()) {
                migrating.setAutoCommit(false);
                migrating.createStatement().execute("LOCK TABLE " + schema + ".session IN ACCESS EXCLUSIVE MODE");
                var answer = CompletableFuture.supplyAsync(() -> storage.journal()
                        .resolve(new WaitId("w"), Decision.Answer.of(Decision.Verdict.APPROVED), "me"));
                until(
                        "SELECT COUNT(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
                                + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                                + " WHERE NOT l.granted AND n.nspname = '" + schema + "'",
                        1);
                migrating
                        .createStatement()
                        .execute("UPDATE " + schema + ".meta SET value = '99' WHERE name = 'schema'");
                migrating.commit();
                assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                StorageException.class,
                                e -> assertThat(e.code()).isEqualTo("newer_schema"));
            } finally {
                PostgresServer.execute("UPDATE " + schema + ".meta SET value = '3' WHERE name = 'schema'");
            }
            assertThat(storage.journal().findWait(new WaitId("w")).orElseThrow().decision())
                    .isNull();
        }
    }

    @Test
    void a_standby_says_that_it_takes_no_writes(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("data");
        try (var server = server(data)) {
            try (var storage = PostgresStorage.at(url(server))) {
                storage.open(Stores.ENVIRONMENT);
                Stores.accept(storage, "a");
            }
        }
        Files.createFile(data.resolve("standby.signal"));
        try (var server = server(data);
                var storage = PostgresStorage.at(url(server))) {
            storage.open(Stores.ENVIRONMENT);
            assertThat(storage.sessions().find("a")).isPresent();
            assertThatThrownBy(() -> Stores.accept(storage, "a"))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.code()).isEqualTo("read_only"));
            assertThatThrownBy(storage::begin)
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.code()).isEqualTo("read_only"));
        }
    }

    private static EmbeddedPostgres server(Path data) throws Exception {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .start();
    }

    private static String url(EmbeddedPostgres server) {
        return "postgres://postgres@localhost:" + server.getPort() + "/postgres";
    }
}
