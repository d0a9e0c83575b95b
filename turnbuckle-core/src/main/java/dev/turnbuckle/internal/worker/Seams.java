package dev.turnbuckle.internal.worker;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.HostTransaction;
import dev.turnbuckle.env.Probe;
import dev.turnbuckle.store.Blobs;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Maintenance;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.Wakeups;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A storage that tells a probe before and after each call. */
public record Seams(Storage storage, Probe probe) implements Storage {
    private <T> T seen(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    String seam = type.getSimpleName() + "." + method.getName();
                    probe.at("before " + seam);
                    try {
                        Object result = method.invoke(target, arguments);
                        probe.at("after " + seam);
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                }));
    }

    @Override
    public void open(Environment environment) {
        storage.open(environment);
    }

    @Override
    public Traits traits() {
        return storage.traits();
    }

    @Override
    public SessionStore sessions() {
        return seen(SessionStore.class, storage.sessions());
    }

    @Override
    public Turns turns() {
        return seen(Turns.class, storage.turns());
    }

    @Override
    public Inbox inbox() {
        return seen(Inbox.class, storage.inbox());
    }

    @Override
    public Leases leases() {
        return seen(Leases.class, storage.leases());
    }

    @Override
    public Journal journal() {
        return seen(Journal.class, storage.journal());
    }

    @Override
    public Blobs blobs() {
        return seen(Blobs.class, storage.blobs());
    }

    @Override
    public Maintenance maintenance() {
        return storage.maintenance();
    }

    @Override
    public Wakeups wakeups() {
        return storage.wakeups();
    }

    @Override
    public SharedTransaction begin() {
        return storage.begin();
    }

    @Override
    public Storage within(HostTransaction transaction) {
        return new Seams(storage.within(transaction), probe);
    }

    @Override
    public void close() {
        storage.close();
    }
}
