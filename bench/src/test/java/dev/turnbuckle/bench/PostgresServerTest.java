package dev.turnbuckle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.jdbc.PostgresStorage;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the benchmarks on PostgreSQL stand on. */
class PostgresServerTest {
    @TempDir
    static Path folder;

    private static PostgresServer server;
    private static Specimen specimen;

    @BeforeAll
    static void start() throws IOException {
        server = PostgresServer.of(null, folder);
        specimen = Specimen.in(folder);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void theFloorLeavesTheRowsOfATurn() throws IOException {
        String schema = PostgresFloor.create(server, "rows");
        try (var floor = new PostgresFloor(server, schema, specimen, 0)) {
            var client = floor.client("s");
            client.turn();
            client.turn();
        }
        assertThat(count(schema, "session WHERE revision = 2 AND depth = 8 AND due IS NULL"))
                .isEqualTo(1);
        assertThat(count(schema, "inbox WHERE state = 'APPLIED'")).isEqualTo(2);
        assertThat(count(schema, "turn WHERE state = 'ENDED'")).isEqualTo(2);
        assertThat(count(schema, "entry")).isEqualTo(8);
        assertThat(count(schema, "token_usage")).isEqualTo(4);
        assertThat(count(schema, "blob")).isEqualTo(2);
        assertThat(count(schema, "lease WHERE expires = 0")).isEqualTo(1);
        assertThat(count(schema, "journal")).isZero();
    }

    private static long count(String schema, String from) {
        return server.number("SELECT count(*) FROM " + schema + "." + from);
    }

    @Test
    void aTransactionOfTheFloorIsTwoRoundTripsAndARecordOne() throws IOException {
        String schema = PostgresFloor.create(server, "trips") + CountedWire.PARAMETER;
        try (var floor = new PostgresFloor(server, schema, specimen, 0)) {
            var turn = floor.session("s");
            assertThat(trips(floor, turn::accept)).isEqualTo(2);
            assertThat(trips(floor, turn::open)).isEqualTo(2);
            assertThat(trips(floor, turn::start)).isEqualTo(1);
            assertThat(trips(floor, turn::outcome)).isEqualTo(1);
            assertThat(trips(floor, turn::commit)).isEqualTo(2);
        }
    }

    private static long trips(PostgresFloor floor, FloorTransactions.Step step) {
        long before = CountedWire.trips();
        floor.transaction(step);
        return CountedWire.trips() - before;
    }

    @Test
    void aBacklogIsWorkThatANodeCanDo() {
        String schema = server.schema("backlog");
        try (var storage = PostgresStorage.at(server.url(schema))) {
            storage.open(Environment.system());
            new StorageTurns(storage, specimen).accept("template");
        }
        Backlog.make(server, schema, "template", 20);
        assertThat(Backlog.left(server, schema)).isEqualTo(21);
        var starts = new CountedStarts();
        try (var turnbuckle = Turnbuckle.builder()
                .storage(starts.around(PostgresStorage.at(server.url(schema))))
                .agent(Ours.agent(Agent.DEFAULT_HISTORY_ENTRIES, () -> {}))
                .manual()
                .build()) {
            turnbuckle.runDue();
        }
        assertThat(Backlog.left(server, schema)).isZero();
        assertThat(starts.turns()).isEqualTo(21);
        assertThat(starts.all()).isEqualTo(21);
    }
}
