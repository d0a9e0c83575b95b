package dev.turnbuckle.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;

/** Lets the k-th statement that follows fail before or after it is carried out, or lose its answer. */
final class StatementFaults implements QueryExecutionListener, MethodExecutionListener {
    enum How {
        /** It was never carried out. */
        BEFORE,
        /** It was carried out, and then an error came back. */
        AFTER,
        /** It was carried out, and the connection broke. */
        LOST
    }

    /** What the database says in each case. */
    interface Wording {
        SQLException failure(How how, boolean commit);
    }

    private final Wording wording;
    private int left = Integer.MAX_VALUE;
    private int passed;
    private How how = How.BEFORE;
    private boolean atCommit;
    private boolean fired;

    StatementFaults(Wording wording) {
        this.wording = wording;
    }

    DataSource around(DataSource source) {
        return ProxyDataSourceBuilder.create(source)
                .listener(this)
                .methodListener(this)
                .build();
    }

    /** The statement after so many others fails; none other does. */
    synchronized void failAfter(int others, How next) {
        left = others;
        passed = 0;
        how = next;
        atCommit = false;
        fired = false;
    }

    synchronized int passed() {
        return passed;
    }

    /** Whether the statement that failed was a COMMIT. */
    synchronized boolean wasCommit() {
        return atCommit;
    }

    /** Whether the fault happened. */
    synchronized boolean fired() {
        return fired;
    }

    private synchronized void before(boolean commit) {
        passed++;
        if (left == 0 && how == How.BEFORE) {
            fail(commit);
        }
    }

    private synchronized void after(boolean commit) {
        if (left == 0 && how != How.BEFORE) {
            fail(commit);
        }
        left--;
    }

    private void fail(boolean commit) {
        left = Integer.MAX_VALUE;
        atCommit = commit;
        fired = true;
        StatementFaults.<RuntimeException>thrown(wording.failure(how, commit));
    }

    @SuppressWarnings("unchecked") // a listener may not throw what a statement may
    private static <E extends Exception> void thrown(Exception e) throws E {
        throw (E) e;
    }

    private static boolean isCommit(List<QueryInfo> queries) {
        return queries.getFirst().getQuery().endsWith("COMMIT");
    }

    @Override
    public void beforeQuery(ExecutionInfo execution, List<QueryInfo> queries) {
        before(isCommit(queries));
    }

    @Override
    public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {
        if (execution.isSuccess()) {
            after(isCommit(queries));
        }
    }

    private static boolean endsTransaction(MethodExecutionContext context) {
        return context.getTarget() instanceof Connection
                && context.getMethod().getName().equals("commit");
    }

    @Override
    public void beforeMethod(MethodExecutionContext context) {
        if (endsTransaction(context)) {
            before(true);
        }
    }

    @Override
    public void afterMethod(MethodExecutionContext context) {
        if (endsTransaction(context) && context.getThrown() == null) {
            after(true);
        }
    }
}
