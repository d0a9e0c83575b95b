package dev.turnbuckle.testkit.tck;

class MemoryHistoryTest extends HistoryContract {
    @Override
    protected StorageFixture fixture() {
        return new MemoryFixture();
    }
}
