package dev.turnbuckle.testkit.tck;

class MemoryJournalTest extends JournalContract {
    @Override
    protected StorageFixture fixture() {
        return new MemoryFixture();
    }
}
