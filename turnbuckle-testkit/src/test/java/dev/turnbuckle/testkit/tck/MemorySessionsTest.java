package dev.turnbuckle.testkit.tck;

class MemorySessionsTest extends SessionsContract {
    @Override
    protected StorageFixture fixture() {
        return new MemoryFixture();
    }
}
