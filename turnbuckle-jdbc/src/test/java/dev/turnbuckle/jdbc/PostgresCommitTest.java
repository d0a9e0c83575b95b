package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.CommitContract;
import dev.turnbuckle.testkit.tck.StorageFixture;

class PostgresCommitTest extends CommitContract {
    @Override
    protected StorageFixture fixture() {
        return new PostgresFixture();
    }
}
