package dev.turnbuckle.checks.restore;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class SqliteRestoreTest {
    @TempDir
    Path folder;

    @Test
    void s09_j08_o03_aFileThatWasVacuumedIntoAnotherWhileTurnsRanGoesOnFromThere() throws Exception {
        var original = new Database.SqliteFile(folder.resolve("agents.db"));
        var copy = new Database.SqliteFile(folder.resolve("restored.db"));
        new Restoration(original)
                .run(
                        () -> {
                            try (Connection connection = original.connect();
                                    Statement statement = connection.createStatement()) {
                                statement.execute("VACUUM INTO '" + copy.file() + "'");
                            }
                        },
                        () -> copy);
    }
}
