package dev.turnbuckle.testkit;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A file of calls of a model: recorded once against the real one, and then replayed, so that tests of an agent need
 * neither key nor network and see the same words each time.
 *
 * <pre>{@code
 * Cassette cassette = Cassette.at(Path.of("src/test/cassettes/weather.json"));
 * Model model = cassette.once(() -> theRealModel(System.getenv("KEY")));
 * }</pre>
 *
 * The file is made to be read, and compared in a review: a request is told by what is new since an earlier one, long texts
 * stand in lines, and nothing in it depends on time, or on where a network cut the stream. It is written as a whole after
 * each call, so a recording that is killed lacks only the calls that had not ended. Attachments are in it by digest.
 *
 * <p>Two requests are the same when the model sees the same: its name and parameters, prompt, messages, tools (name,
 * description, schema), answer schema. What changes from run to run, such as today's date, has to be taken out with
 * {@link #replacing}.
 *
 * <p>Keys of the vendors, {@code Authorization} headers and bearer tokens never reach the file; {@link #secret} adds to
 * that. The same filter is laid over each request that is looked up. A recorded answer is replayed as it stands in the file.
 *
 * <p>Immutable and thread-safe. Several models of one test record through one object.
 */
public final class Cassette {
    /**
     * Environment variable that says what {@link #once} does: {@code once} (the same as not set), {@code record} to record
     * anew, {@code replay} to never ask a real model (for build servers).
     */
    public static final String MODE = "TURNBUCKLE_CASSETTES";

    /** Bound of a file's size, unless {@link #mostBytes} sets another. */
    public static final long MOST_BYTES = 16L << 20;

    static final int VERSION = 1;

    private enum Mode {
        ONCE,
        RECORD,
        REPLAY
    }

    private final Path file;
    private final Secrets secrets;
    private final long mostBytes;
    private final UnaryOperator<@Nullable String> settings;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Tape tape;

    private Cassette(Path file, Secrets secrets, long mostBytes, UnaryOperator<@Nullable String> settings) {
        this.file = file;
        this.secrets = secrets;
        this.mostBytes = mostBytes;
        this.settings = settings;
    }

    /** @param file kept with the tests, by convention in {@code src/test/cassettes}; made when it is recorded */
    public static Cassette at(Path file) {
        return new Cassette(file, Secrets.KNOWN, MOST_BYTES, System::getenv);
    }

    /** For tests of this class: another environment. */
    Cassette settings(UnaryOperator<@Nullable String> variables) {
        return new Cassette(file, secrets, mostBytes, variables);
    }

    /**
     * The same with one more kind of secret: whatever matches is written as {@code [secret]}.
     *
     * @param regex a {@link java.util.regex.Pattern}; its {@code quote} makes one of a plain text
     */
    public Cassette secret(String regex) {
        return replacing(regex, Secrets.HIDDEN);
    }

    /**
     * The same with something in the place of what matches: for what differs from run to run, in requests and in answers.
     *
     * @param replacement taken literally; must not be changed by the expression itself
     */
    public Cassette replacing(String regex, String replacement) {
        return new Cassette(file, secrets.and(regex, replacement), mostBytes, settings);
    }

    /** The same with another bound of the file's size. */
    public Cassette mostBytes(long bytes) {
        if (bytes < 1) {
            throw new InvalidInputException("the bound of a cassette's size must be positive: " + bytes);
        }
        return new Cassette(file, secrets, bytes, settings);
    }

    /**
     * Records while the file is missing, replays it from then on; {@link #MODE} may say otherwise. A failure of kind
     * {@code AUTH} does not begin a file: it is about the key of who records.
     *
     * @param real asked for only when there is something to record
     */
    public Model once(Supplier<? extends Model> real) {
        return records() ? new RecordingModel(real.get(), tape(), false) : replay();
    }

    /** The same for a cassette of several models. */
    public Model once(ModelSpec spec, Supplier<? extends Model> real) {
        return records() ? new RecordingModel(real.get(), tape(), false) : replay(spec);
    }

    private boolean records() {
        return switch (mode()) {
            case RECORD -> true;
            case REPLAY -> false;
            case ONCE -> isRecording() || !Files.exists(file);
        };
    }

    private Mode mode() {
        String mode = settings.apply(MODE);
        try {
            return mode == null || mode.isBlank()
                    ? Mode.ONCE
                    : Mode.valueOf(mode.strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(
                    "the environment variable " + MODE + " is \"" + mode + "\"; it may be once, record or replay");
        }
    }

    /** Records from now on, whatever there is: with its first call it replaces a file that is there. */
    public RecordingModel recording(Model model) {
        return new RecordingModel(model, tape(), true);
    }

    private boolean isRecording() {
        lock.lock();
        try {
            return tape != null;
        } finally {
            lock.unlock();
        }
    }

    private Tape tape() {
        lock.lock();
        try {
            if (tape == null) {
                tape = new Tape(file, new CassetteJson(secrets), mostBytes);
            }
            return tape;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Answers from the file, as the one model that was recorded.
     *
     * @throws InvalidInputException when the file is missing, damaged, of another format or too large; it names file, line
     *     and what helps. Also when it has calls of several models
     */
    public ReplayModel replay() {
        CassetteReader reader = read();
        if (reader.models().size() > 1) {
            throw reader.file().refused("has calls of several models: say which one is meant, " + reader.models());
        }
        return replay(reader.models().getFirst(), reader);
    }

    /** The same for one of several models. */
    public ReplayModel replay(ModelSpec spec) {
        return replay(spec, read());
    }

    private CassetteReader read() {
        return CassetteReader.of(CassetteFile.read(file, mostBytes), new CassetteJson(secrets));
    }

    private ReplayModel replay(ModelSpec spec, CassetteReader reader) {
        return new ReplayModel(spec, reader.file(), new CassetteJson(secrets), reader.calls());
    }

    @Override
    public String toString() {
        return "cassette " + file;
    }
}
