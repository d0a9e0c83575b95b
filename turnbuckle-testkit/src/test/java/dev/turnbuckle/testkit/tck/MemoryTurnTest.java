package dev.turnbuckle.testkit.tck;

class MemoryTurnTest extends TurnContract {
    @Override
    protected StorageFixture fixture() {
        return new MemoryFixture();
    }
}
