package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.StorageFixture;
import dev.turnbuckle.testkit.tck.TurnContract;

class PostgresTurnTest extends TurnContract {
    @Override
    protected StorageFixture fixture() {
        return new PostgresFixture();
    }
}
