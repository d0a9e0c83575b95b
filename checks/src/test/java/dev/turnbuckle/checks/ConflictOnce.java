package dev.turnbuckle.checks;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Blobs;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Maintenance;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/** Answers the first commit as if somebody had moved the head meanwhile. */
record ConflictOnce(Storage storage, AtomicBoolean answered) implements Storage {
    ConflictOnce(Storage storage) {
        this(storage, new AtomicBoolean());
    }

    @Override
    public SessionStore sessions() {
        SessionStore real = storage.sessions();
        return (SessionStore) Proxy.newProxyInstance(
                SessionStore.class.getClassLoader(),
                new Class<?>[] {SessionStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("commit") && answered.compareAndSet(false, true)) {
                        long revision = ((Commit) arguments[0]).target().expectedRevision();
                        return new CommitResult.Conflict(revision - 1, revision);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
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
    public Turns turns() {
        return storage.turns();
    }

    @Override
    public Inbox inbox() {
        return storage.inbox();
    }

    @Override
    public Leases leases() {
        return storage.leases();
    }

    @Override
    public Journal journal() {
        return storage.journal();
    }

    @Override
    public Blobs blobs() {
        return storage.blobs();
    }

    @Override
    public Maintenance maintenance() {
        return storage.maintenance();
    }

    @Override
    public void close() {
        storage.close();
    }
}
