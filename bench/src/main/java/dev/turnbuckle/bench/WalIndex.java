package dev.turnbuckle.bench;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Counts what really reached SQLite's log, whoever wrote it: the header of the log's index ({@code -shm}) holds a counter
 * that each COMMIT with changed pages raises by one, and the number of frames in the log. Neither the code under test
 * nor the benchmark takes part in the counting.
 *
 * <p>It must stay open as long as the database: closing any descriptor of the file would take away the locks that SQLite
 * holds on it for this process.
 */
final class WalIndex implements AutoCloseable {
    /** A page and its frame's header. */
    static final int FRAME_BYTES = 4_096 + 24;

    private static final int CHANGES = 8;
    private static final int FRAMES = 16;
    private static final int HEADER = 48;

    private final FileChannel channel;
    private final MappedByteBuffer header;

    private WalIndex(FileChannel channel) throws IOException {
        this.channel = channel;
        this.header = channel.map(FileChannel.MapMode.READ_ONLY, 0, HEADER);
        header.order(ByteOrder.nativeOrder());
    }

    /** @param database open in WAL mode */
    static WalIndex of(Path database) throws IOException {
        return new WalIndex(
                FileChannel.open(database.resolveSibling(database.getFileName() + "-shm"), StandardOpenOption.READ));
    }

    /** COMMITs that wrote, since the database was made or recovered. */
    long commits() {
        return Integer.toUnsignedLong(header.getInt(CHANGES));
    }

    /** Pages in the log; fewer than before when it was begun anew. */
    long frames() {
        return Integer.toUnsignedLong(header.getInt(FRAMES));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
