package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.CommitContract;
import dev.turnbuckle.testkit.tck.StorageFixture;

class SqliteCommitTest extends CommitContract {
    @Override
    protected StorageFixture fixture() {
        return new SqliteFixture();
    }
}
