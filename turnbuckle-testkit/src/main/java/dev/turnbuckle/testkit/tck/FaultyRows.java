package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Maintenance;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.plan.Rows;
import dev.turnbuckle.store.plan.Transactions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Transactions whose statements pass through an interceptor, so that a test can make one fail or lie. */
final class FaultyRows implements Transactions {
    /** Sees every call on rows; proceeds, answers by itself, or throws. */
    interface Interceptor {
        @Nullable Object around(Method method, Statement proceed) throws Throwable;
    }

    interface Statement {
        @Nullable Object run() throws Throwable;
    }

    /** A statement failed. */
    static final class Fault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fault(String statement) {
            super("a fault at " + statement);
        }
    }

    private static final Pattern WRITES = Pattern.compile("(insert|record|update|put|delete|bury|decide|reclaim).*");

    private final Transactions transactions;
    private volatile Interceptor interceptor = (method, proceed) -> proceed.run();

    FaultyRows(Transactions transactions) {
        this.transactions = transactions;
    }

    static boolean writes(Method method) {
        return WRITES.matcher(method.getName()).matches();
    }

    void intercept(Interceptor next) {
        interceptor = next;
    }

    private <T extends @Nullable Object> Work<T> through(Work<T> work) {
        return rows -> work.run((Rows) Proxy.newProxyInstance(
                Rows.class.getClassLoader(), new Class<?>[] {Rows.class}, (proxy, method, arguments) -> {
                    try {
                        return interceptor.around(method, () -> method.invoke(rows, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                }));
    }

    @Override
    public void open(Environment environment) {
        transactions.open(environment);
    }

    @Override
    public Storage.Traits traits() {
        return transactions.traits();
    }

    @Override
    public <T extends @Nullable Object> T write(Work<T> work) {
        return transactions.write(through(work));
    }

    @Override
    public <T extends @Nullable Object> T writeFirst(Work<T> work) {
        return transactions.writeFirst(through(work));
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) {
        return transactions.read(through(work));
    }

    @Override
    public boolean dead(Claimant holder) {
        return transactions.dead(holder);
    }

    @Override
    public List<Maintenance.Finding> examine() {
        return transactions.examine();
    }

    @Override
    public void close() {
        transactions.close();
    }
}
