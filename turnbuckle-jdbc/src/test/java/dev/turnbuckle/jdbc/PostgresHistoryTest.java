package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.HistoryContract;
import dev.turnbuckle.testkit.tck.StorageFixture;

class PostgresHistoryTest extends HistoryContract {
    @Override
    protected StorageFixture fixture() {
        return new PostgresFixture();
    }
}
