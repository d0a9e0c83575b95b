package dev.turnbuckle.bench;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.jdbc.PostgresStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** {@link CommitBench} on PostgreSQL. */
final class PostgresCommits {
    private final CommitBench commits;

    PostgresCommits(Options options, Path folder, Progress progress) {
        commits = new CommitBench(options, folder, progress);
    }

    void run(PostgresServer server, Specimen specimen, Consumer<Figure> figures) throws IOException {
        try (var storage = PostgresStorage.at(server.url(server.schema("commit")));
                var floor = new PostgresFloor(server, PostgresFloor.create(server, "commit_floor"), specimen, 0)) {
            storage.open(Environment.system());
            commits.run("pg-", new StorageTurns(storage, specimen), floor, figures);
        }
    }
}
