package dev.turnbuckle.testkit.tck;

class MemoryLeaseTest extends LeaseContract {
    @Override
    protected StorageFixture fixture() {
        return new MemoryFixture();
    }
}
