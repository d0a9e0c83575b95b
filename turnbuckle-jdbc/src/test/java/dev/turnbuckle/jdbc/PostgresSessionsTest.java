package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.SessionsContract;
import dev.turnbuckle.testkit.tck.StorageFixture;

class PostgresSessionsTest extends SessionsContract {
    @Override
    protected StorageFixture fixture() {
        return new PostgresFixture();
    }
}
