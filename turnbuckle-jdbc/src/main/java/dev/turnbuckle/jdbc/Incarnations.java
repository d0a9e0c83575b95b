package dev.turnbuckle.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who is alive (L7): each opening of a database holds an exclusive lock on a file of its own, in a folder beside it. The
 * operating system gives the lock back however a process ends, so a file that can be locked is proof of death.
 *
 * <p>Only a file proves: it goes when nothing names its incarnation any more, so what has no file is either finished or
 * not ours to judge. Files are made and removed under the write lock, so nobody takes one that is just being made for
 * dead. The operating system drops all of a process's locks on a file when it closes any channel on it, so the files of
 * this process's own openings are known here and never opened a second time.
 */
final class Incarnations implements AutoCloseable {
    /** Static because the operating system's locks are the process's. */
    private static final Set<Path> OF_THIS_PROCESS = ConcurrentHashMap.newKeySet();

    /** Ids of {@code Environment.id()}; anything else is not ours, and no file name. */
    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");

    /** How many left-over files one opening looks at. */
    private static final int MOST_SWEPT = 1_000;

    private final Path folder;
    private final Path own;
    private final FileChannel channel;

    private Incarnations(Path folder, Path own, FileChannel channel) {
        this.folder = folder;
        this.own = own;
        this.channel = channel;
    }

    /** The caller holds the write lock. */
    static Incarnations open(Path database, String incarnation) throws IOException {
        if (!ID.matcher(incarnation).matches()) {
            throw new IllegalStateException(
                    "an environment's ids are lower-case letters and digits, not " + incarnation);
        }
        Path folder = database.resolveSibling(database.getFileName() + "-workers");
        Files.createDirectories(folder);
        Path own = folder.resolve(incarnation);
        OF_THIS_PROCESS.add(own);
        var channel = FileChannel.open(own, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        channel.lock();
        return new Incarnations(folder, own, channel);
    }

    /** Proven; {@code false} also when it cannot be told. */
    boolean dead(String incarnation) {
        if (!ID.matcher(incarnation).matches()) {
            return false;
        }
        Path file = folder.resolve(incarnation);
        return !OF_THIS_PROCESS.contains(file) && Files.exists(file) && lockable(file);
    }

    private static boolean lockable(Path file) {
        try (var probe = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = probe.tryLock()) {
            return lock != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false; // gone meanwhile, or probed by another thread of this process: told next time
        }
    }

    /** Removes the files of the dead that nothing names any more. The caller holds the write lock. */
    void sweep(Predicate<String> named) throws IOException {
        List<String> others;
        try (Stream<Path> files = Files.list(folder)) {
            others =
                    files.map(f -> f.getFileName().toString()).limit(MOST_SWEPT).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (String incarnation : others) {
            if (dead(incarnation) && !named.test(incarnation)) {
                Files.deleteIfExists(folder.resolve(incarnation));
            }
        }
    }

    /**
     * The lock goes; the file too, when nothing names this incarnation. The caller holds the write lock.
     *
     * @param named whether leases are left that others must be able to take at once
     */
    void close(boolean named) throws IOException {
        channel.close();
        if (!named) {
            Files.deleteIfExists(own);
        }
        OF_THIS_PROCESS.remove(own);
    }

    @Override
    public void close() throws IOException {
        close(true);
    }
}
