package dev.turnbuckle.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What workers did, a line each, in a file that all of them append to and that survives their kills: a line is on disk
 * before the effect runs. So more lines than runs are possible, never fewer.
 */
final class Effects implements AutoCloseable {
    enum What {
        RUN,
        /** Its outcome came from the journal. */
        RECALLED,
        /** It was started before, and its outcome was lost. */
        UNKNOWN
    }

    /**
     * @param worker process id
     * @param effect key of the effect in its turn
     * @param recorded for a run: whether the database held an outcome of this effect just before
     */
    record Line(long worker, String turn, String effect, What what, boolean recorded) {}

    private static final JsonMapper JSON = JsonMapper.shared();

    private final FileChannel channel;

    private Effects(FileChannel channel) {
        this.channel = channel;
    }

    static Effects appendTo(Path file) throws IOException {
        return new Effects(FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND,
                StandardOpenOption.DSYNC));
    }

    /** On disk when it returns. One write, so that the lines of two processes do not mix. */
    void add(Line line) {
        try {
            channel.write(ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** @throws IOException also when a line is not one of ours */
    static List<Line> read(Path file) throws IOException {
        var lines = new ArrayList<Line>();
        if (Files.exists(file)) {
            for (String text : Files.readAllLines(file)) {
                lines.add(parse(file, text));
            }
        }
        return lines;
    }

    private static Line parse(Path file, String text) throws IOException {
        try {
            return JSON.readValue(text, Line.class);
        } catch (JacksonException e) {
            throw new IOException(file + " has a line that is not an effect: " + text, e);
        }
    }
}
