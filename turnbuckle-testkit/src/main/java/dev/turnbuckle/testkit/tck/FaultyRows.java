package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Maintenance;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.plan.Rows;
import dev.turnbuckle.store.plan.Transactions;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Transactions whose statements pass through an interceptor, so that a test can make one fail or lie. */
final class FaultyRows implements Transactions {
    /** A statement failed. */
    static final class Fault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fault(String statement) {
            super("a fault at " + statement);
        }
    }

    private static final Pattern WRITES = Pattern.compile("(insert|record|update|put|delete|bury|decide|reclaim).*");

    private final Transactions transactions;
    private volatile Call.Interceptor interceptor = Call::proceed;

    FaultyRows(Transactions transactions) {
        this.transactions = transactions;
    }

    static boolean writes(Call call) {
        return WRITES.matcher(call.method().getName()).matches();
    }

    void intercept(Call.Interceptor next) {
        interceptor = next;
    }

    private <T extends @Nullable Object> Work<T> through(Work<T> work) {
        return rows -> work.run(Call.through(interceptor, Rows.class, rows));
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
