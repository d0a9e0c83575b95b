package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.LeaseContract;
import dev.turnbuckle.testkit.tck.StorageFixture;

class PostgresLeaseTest extends LeaseContract {
    @Override
    protected StorageFixture fixture() {
        return new PostgresFixture();
    }
}
