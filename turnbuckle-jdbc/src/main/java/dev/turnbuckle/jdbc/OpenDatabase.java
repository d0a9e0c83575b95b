package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Task;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.store.plan.Transactions.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything that exists between opening and closing: connections, their threads, locks. Opened whole or not at all. */
final class OpenDatabase {
    private final SqliteStorage.Settings settings;
    private final Environment environment;
    private final Path file;
    private final SqliteDialect dialect;
    private final Schema schema;
    private final Connector connector;
    private final String incarnation;
    private final List<Link> links = new ArrayList<>();
    private final List<Task> tasks = new ArrayList<>();
    private final Readers readers;
    private @Nullable WriteLock lock;
    private @Nullable Incarnations incarnations;
    private @Nullable Writer writer;
    private @Nullable Checkpoints checkpoints;

    private OpenDatabase(SqliteStorage.Settings settings, Environment environment) {
        this.settings = settings;
        this.environment = environment;
        this.file = DatabaseFile.require(settings.file(), settings.networkFileSystem());
        this.dialect = new SqliteDialect(file);
        this.schema = new Schema(dialect, settings.schema(), file.toString());
        this.connector = settings.connector().apply(file);
        this.incarnation = environment.id();
        this.readers = new Readers(environment, dialect);
    }

    static OpenDatabase open(SqliteStorage.Settings settings, Environment environment) {
        var database = new OpenDatabase(settings, environment);
        boolean done = false;
        try {
            database.open();
            done = true;
            return database;
        } catch (SQLException e) {
            throw database.dialect.explain(e);
        } catch (SqlFailure e) {
            throw database.dialect.explain(e.sql());
        } catch (IOException e) {
            throw new WiringException("the files beside " + database.file
                    + " cannot be made; give this user the right to write there: " + e);
        } finally {
            if (!done) {
                database.close(() -> StorageException.rewire("closed", "the storage could not be opened", null));
            }
        }
    }

    private void open() throws IOException, SQLException {
        schema.judge(Inspection.schema(file, connector, dialect));
        var writeLock = WriteLock.beside(file);
        lock = writeLock;
        Link writing;
        writeLock.acquire();
        try {
            writing = link(Connector.Use.WRITE);
            prepare(writing);
        } finally {
            writeLock.release();
        }
        var log = new Checkpoints(link(Connector.Use.CHECKPOINT), writeLock, environment);
        checkpoints = log;
        var writes = new Writer(environment, new Writer.Parts(writing, dialect, schema, writeLock, log, this::abandon));
        writer = writes;
        start("turnbuckle-sqlite-writer", writes::run);
        start("turnbuckle-sqlite-checkpoints", log::run);
        for (int i = 1; i <= Readers.COUNT; i++) {
            Link reading = link(Connector.Use.READ);
            start("turnbuckle-sqlite-reader-" + i, () -> readers.run(reading));
        }
    }

    /** Under the write lock: two openings at once make the tables once. */
    private void prepare(Link writing) throws IOException {
        int found = Inspection.schema(file, connector, dialect);
        schema.judge(found);
        if (schema.mode() == SchemaMode.CREATE) {
            schema.migrate(writing, found);
        }
        var alive = Incarnations.open(file, incarnation);
        incarnations = alive;
        alive.sweep(writing.rows()::holdsLeases);
    }

    private Link link(Connector.Use use) throws SQLException {
        var connection = connector.open(use);
        var link = use == Connector.Use.WRITE
                ? Link.writing(connection, dialect, environment)
                : Link.reading(connection, dialect, environment);
        links.add(link);
        return link;
    }

    private void start(String name, Runnable body) {
        tasks.add(environment.startBlocking(name, () -> {
            boolean done = false;
            try {
                body.run();
                done = true;
            } finally {
                if (!done) {
                    abandon(() -> StorageException.rewire(
                            "store_closed",
                            "the thread " + name + " of the storage on " + file + " ended by a bug",
                            null));
                }
            }
        }));
    }

    /** Everybody who waits or comes is told why; {@link #close} is still to be called. */
    private void abandon(Supplier<StorageException> why) {
        if (writer != null) {
            writer.abandon(why);
        }
        readers.abandon(why);
    }

    <T extends @Nullable Object> T write(Work<T> work, boolean urgent) {
        return running().write(work, urgent);
    }

    <T extends @Nullable Object> T read(Work<T> work) {
        return readers.read(work);
    }

    boolean dead(String holder) {
        return incarnations != null && incarnations.dead(holder);
    }

    Writer running() {
        if (writer == null) {
            throw new IllegalStateException("opened whole or not at all");
        }
        return writer;
    }

    String incarnation() {
        return incarnation;
    }

    Path folder() {
        return file.resolveSibling("");
    }

    Path file() {
        return file;
    }

    Environment environment() {
        return environment;
    }

    SqliteStorage.Settings settings() {
        return settings;
    }

    /** What is queued is still done. Never throws: there is nobody who could do better. */
    void close(Supplier<? extends TurnbuckleException> why) {
        readers.close(why);
        if (writer != null) {
            writer.close(why);
        }
        if (checkpoints != null) {
            checkpoints.close();
        }
        tasks.forEach(OpenDatabase::join);
        if (lock != null) {
            release(lock);
        }
    }

    private void release(WriteLock held) {
        try (held) {
            held.acquire();
            try {
                leave();
                links.reversed().forEach(Link::close);
            } finally {
                held.release();
            }
        } catch (IOException | SqlFailure e) {
            // the operating system takes back what is left when the process ends
        }
    }

    private void leave() throws IOException {
        if (incarnations == null) {
            return;
        }
        boolean named = true;
        try {
            named = links.getFirst().rows().holdsLeases(incarnation);
        } catch (SqlFailure e) {
            // the database is what failed: the file stays, so that others see a dead holder
        }
        incarnations.close(named);
    }

    static void join(Task task) {
        boolean interrupted = false;
        while (!task.ended()) {
            try {
                task.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
