package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.StorageException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** SQLite: the environment's clock, and what its result codes mean. */
record SqliteDialect(Path file) implements Dialect {
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int READ_ONLY = 8;
    private static final int IO_ERROR = 10;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int CANNOT_OPEN = 14;
    private static final int NOT_A_DATABASE = 26;

    @Override
    public Instant now(Statements sql, Environment environment) {
        return environment.now().truncatedTo(ChronoUnit.MICROS);
    }

    @Override
    public String scripts() {
        return "/dev/turnbuckle/jdbc/sqlite/";
    }

    @Override
    public List<String> versions() {
        return List.of("V001__tables.sql", "V002__escalations.sql", "V003__shares.sql");
    }

    /** The primary result code: SQLite puts details into the higher bits. */
    private static int code(SQLException e) {
        return e.getErrorCode() & 0xFF;
    }

    @Override
    public Trouble trouble(SQLException e) {
        return switch (code(e)) {
            case FULL -> Trouble.FULL;
            case BUSY, LOCKED -> Trouble.BUSY;
            default -> Trouble.OTHER;
        };
    }

    @Override
    public StorageException explain(SQLException e) {
        String detail = " (SQLite: " + e.getMessage() + ")";
        return switch (code(e)) {
            case FULL ->
                StorageException.retry(
                        "disk_full",
                        "no room left for " + file + ": nothing of this transaction was kept; free space on its disk"
                                + detail,
                        e);
            case BUSY, LOCKED ->
                StorageException.retry(
                        "locked",
                        file + " is locked by another program: nothing was done; end its transaction (a shell that is "
                                + "open on the file?) or try again" + detail,
                        e);
            case READ_ONLY ->
                StorageException.rewire(
                        "read_only",
                        file + " cannot be written: make the file, and the folder that it is in, writable" + detail,
                        e);
            case CANNOT_OPEN ->
                StorageException.rewire(
                        "cannot_open",
                        file + " cannot be opened: check that its folder exists and may be written" + detail,
                        e);
            case NOT_A_DATABASE ->
                StorageException.rewire(
                        "not_a_database", file + " is not an SQLite database; name another file" + detail, e);
            case CORRUPT ->
                StorageException.rewire("damaged", file + " is damaged; restore it from a backup" + detail, e);
            case IO_ERROR ->
                StorageException.retry(
                        "io_error", "reading or writing " + file + " failed; check its disk" + detail, e);
            default -> StorageException.retry("sql", "a statement on " + file + " failed" + detail, e);
        };
    }
}
