package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.LeaseContract;
import dev.turnbuckle.testkit.tck.StorageFixture;

class SqliteLeaseTest extends LeaseContract {
    @Override
    protected StorageFixture fixture() {
        return new SqliteFixture();
    }
}
