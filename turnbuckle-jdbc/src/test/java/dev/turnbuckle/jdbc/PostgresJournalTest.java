package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.tck.JournalContract;
import dev.turnbuckle.testkit.tck.StorageFixture;

class PostgresJournalTest extends JournalContract {
    @Override
    protected StorageFixture fixture() {
        return new PostgresFixture();
    }
}
