package dev.turnbuckle.cli.demo;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.memory.MemoryLiveReplay;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A live replay whose one session is watched on the thread that appends: what happened before a kill was also told
 * before it. An ordinary observer reads when it likes; the count of a demo must not depend on that.
 */
final class WatchedReplay implements LiveReplay {
    private static final int AT_ONCE = 64;

    private final LiveReplay inner = new MemoryLiveReplay();
    private final Consumer<SessionEvent> watcher;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Cursor position;

    WatchedReplay(Consumer<SessionEvent> watcher) {
        this.watcher = watcher;
    }

    @Override
    public void append(String session, Origin origin, Activity activity) {
        lock.lock();
        try {
            Cursor before = position == null ? inner.tail(session, -1).cursor() : position;
            inner.append(session, origin, activity);
            position = tell(before);
        } finally {
            lock.unlock();
        }
    }

    private Cursor tell(Cursor from) {
        return switch (inner.after(from, AT_ONCE)) {
            case CatchUp.Events(var events) -> {
                events.forEach(watcher);
                yield events.isEmpty() ? from : events.getLast().cursor();
            }
            case CatchUp.Gap gap -> inner.tail(from.session(), -1).cursor();
        };
    }

    @Override
    public void open(Environment environment) {
        inner.open(environment);
    }

    @Override
    public Tail tail(String session, long revision) {
        return inner.tail(session, revision);
    }

    @Override
    public CatchUp after(Cursor cursor, int most) {
        return inner.after(cursor, most);
    }

    @Override
    public Subscription subscribe(String session, Environment.Signal wake) {
        return inner.subscribe(session, wake);
    }

    @Override
    public Set<String> observed() {
        return inner.observed();
    }

    @Override
    public boolean holdsAny() {
        return inner.holdsAny();
    }

    @Override
    public long revision(String session) {
        return inner.revision(session);
    }

    @Override
    public void end(String session, String reason) {
        inner.end(session, reason);
    }

    @Override
    public void trim() {
        inner.trim();
    }

    @Override
    public void close() {
        inner.close();
    }
}
