package dev.turnbuckle.testkit.tck;

class MemoryInboxTest extends InboxContract {
    @Override
    protected StorageFixture fixture() {
        return new MemoryFixture();
    }
}
