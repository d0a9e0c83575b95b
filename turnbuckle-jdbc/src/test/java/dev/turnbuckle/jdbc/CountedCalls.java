package dev.turnbuckle.jdbc;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;

/** Counts what the storage asks of the driver: statements, and ends of transactions. */
final class CountedCalls implements QueryExecutionListener, MethodExecutionListener {
    private final List<String> seen = new CopyOnWriteArrayList<>();

    DataSource around(DataSource source) {
        return ProxyDataSourceBuilder.create(source)
                .listener(this)
                .methodListener(this)
                .build();
    }

    void reset() {
        seen.clear();
    }

    int count() {
        return seen.size();
    }

    /** Without the ends of transactions. */
    long queries() {
        return seen.stream()
                .filter(s -> !s.equals("commit") && !s.equals("rollback"))
                .count();
    }

    @Override
    public void beforeQuery(ExecutionInfo execution, List<QueryInfo> queries) {
        seen.add(queries.getFirst().getQuery());
    }

    @Override
    public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {}

    @Override
    public void beforeMethod(MethodExecutionContext context) {
        String method = context.getMethod().getName();
        if (method.equals("commit") || method.equals("rollback")) {
            seen.add(method);
        }
    }

    @Override
    public void afterMethod(MethodExecutionContext context) {}

    @Override
    public String toString() {
        return String.join("\n---\n", seen);
    }
}
