package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.InboxContract;
import dev.turnbuckle.testkit.tck.StorageFixture;

class PostgresInboxTest extends InboxContract {
    @Override
    protected StorageFixture fixture() {
        return new PostgresFixture();
    }
}
