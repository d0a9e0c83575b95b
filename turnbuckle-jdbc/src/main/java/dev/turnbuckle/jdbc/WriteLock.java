package dev.turnbuckle.jdbc;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to write, among the processes that share a file (S34). SQLite's own lock is won by whoever polls at
 * the right moment; this one is queued for: whoever waits holds the first byte of the lock file, whoever writes the
 * second, and the first is given up only for the second. So a process that has just written cannot be next while
 * another one waits.
 *
 * <p>The operating system holds these locks for processes, not for channels, and drops all of a process's when it closes
 * any channel on the file. So inside this JVM a semaphore of the file's comes first, and a channel is closed only under it.
 */
final class WriteLock implements AutoCloseable {
    /** Static because the operating system's locks are the process's. SQLite itself allows one copy of itself per process and file. */
    private static final Map<Path, Semaphore> OF_THIS_PROCESS = new ConcurrentHashMap<>();

    private final Path file;
    private final FileChannel channel;
    private final Semaphore process;
    private @Nullable FileLock writing;

    private WriteLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
        this.process = OF_THIS_PROCESS.computeIfAbsent(file, f -> new Semaphore(1, true));
    }

    /** @param database with its links resolved, so that one file has one name */
    static WriteLock beside(Path database) throws IOException {
        Path file = database.resolveSibling(database.getFileName() + "-lock");
        return new WriteLock(file, FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    }

    void acquire() throws IOException {
        process.acquireUninterruptibly();
        try (FileLock waiting = channel.lock(0, 1, false)) {
            writing = channel.lock(1, 1, false);
        } finally {
            if (writing == null) {
                process.release();
            }
        }
    }

    void release() {
        FileLock held = writing;
        writing = null;
        try {
            if (held != null) {
                held.release();
            }
        } catch (IOException e) {
            throw new IllegalStateException(this + " cannot be unlocked", e);
        } finally {
            process.release();
        }
    }

    @Override
    public void close() throws IOException {
        process.acquireUninterruptibly();
        try {
            channel.close();
        } finally {
            process.release();
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
