package dev.turnbuckle.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The least that any durable design must do: raw prepared SQL, five transactions a turn. One session writes on its own
 * thread, with nobody between it and SQLite. Many sessions go through one writer thread, which makes one transaction, and
 * so one fsync, of whatever waits.
 */
final class Floor implements Contender, FloorTransactions {
    private static final int MOST_GROUPED = 128;

    private final FloorDatabase database;
    private final Specimen specimen;
    private final boolean grouped;
    private final AtomicLong sessions = new AtomicLong();
    private final LinkedBlockingQueue<Member> queue = new LinkedBlockingQueue<>();
    private final @Nullable Thread writer;

    Floor(Path file, Specimen specimen, boolean grouped) throws IOException {
        this.database = new FloorDatabase(file);
        this.specimen = specimen;
        this.grouped = grouped;
        this.writer =
                grouped ? Thread.ofPlatform().daemon().name("floor-writer").start(this::write) : null;
    }

    /** A transaction that somebody waits for. */
    private static final class Member {
        final Step step;
        final Thread waiting = Thread.currentThread();
        volatile boolean done;

        Member(Step step) {
            this.step = step;
        }

        void await() {
            while (!done) {
                LockSupport.park(this);
            }
        }

        void answer() {
            done = true;
            LockSupport.unpark(waiting);
        }
    }

    @Override
    public FloorTurn session(String id) {
        return new FloorTurn(specimen, id, sessions.incrementAndGet());
    }

    @Override
    public Client client(String session) {
        return turns(session);
    }

    @Override
    public void transaction(Step step) {
        if (grouped) {
            var member = new Member(step);
            queue.add(member);
            member.await();
            return;
        }
        try {
            database.begin();
            step.run(database);
            database.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write() {
        var group = new ArrayList<Member>();
        try {
            while (true) {
                group.add(queue.take());
                queue.drainTo(group, MOST_GROUPED - 1);
                write(group);
                group.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(List<Member> group) throws SQLException {
        database.begin();
        for (Member member : group) {
            member.step.run(database);
        }
        database.commit();
        group.forEach(Member::answer);
    }

    @Override
    public long commits() {
        return database.log().commits();
    }

    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.interrupt();
        }
        database.close();
    }
}
