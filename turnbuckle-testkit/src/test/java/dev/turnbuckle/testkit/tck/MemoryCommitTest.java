package dev.turnbuckle.testkit.tck;

class MemoryCommitTest extends CommitContract {
    @Override
    protected StorageFixture fixture() {
        return new MemoryFixture();
    }
}
