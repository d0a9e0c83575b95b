package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.StorageFixture;
import dev.turnbuckle.testkit.tck.TurnContract;

class SqliteTurnTest extends TurnContract {
    @Override
    protected StorageFixture fixture() {
        return new SqliteFixture();
    }
}
