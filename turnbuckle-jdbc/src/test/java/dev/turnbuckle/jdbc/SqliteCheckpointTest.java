package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.CheckpointContract;
import dev.turnbuckle.testkit.tck.StorageFixture;

class SqliteCheckpointTest extends CheckpointContract {
    @Override
    protected StorageFixture fixture() {
        return new SqliteFixture();
    }
}
