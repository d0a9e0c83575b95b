package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.HistoryContract;
import dev.turnbuckle.testkit.tck.StorageFixture;

class SqliteHistoryTest extends HistoryContract {
    @Override
    protected StorageFixture fixture() {
        return new SqliteFixture();
    }
}
