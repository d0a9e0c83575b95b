package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.CheckpointContract;
import dev.turnbuckle.testkit.tck.StorageFixture;

class PostgresCheckpointTest extends CheckpointContract {
    @Override
    protected StorageFixture fixture() {
        return new PostgresFixture();
    }
}
