package dev.turnbuckle.testkit.tck;

class MemoryCheckpointTest extends CheckpointContract {
    @Override
    protected StorageFixture fixture() {
        return new MemoryFixture();
    }
}
