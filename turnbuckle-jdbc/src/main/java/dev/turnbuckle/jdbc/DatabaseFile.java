package dev.turnbuckle.jdbc;

import dev.turnbuckle.error.WiringException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Where a database file may be; looked at before anything is opened or made (S24, S34). */
final class DatabaseFile {
    /** Locks and shared memory do not work there as SQLite needs them. */
    private static final List<String> NETWORK =
            List.of("nfs", "cifs", "smb", "afs", "ncpfs", "fuse.sshfs", "fuse.glusterfs", "ceph", "fuse.ceph", "davfs");

    private DatabaseFile() {}

    /** The file by the one name that all processes see: absolute, the folder's links resolved. */
    static Path require(Path given, boolean networkAllowed) {
        Path folder = folder(given);
        Path file = folder.resolve(given.getFileName());
        if (Files.isDirectory(file)) {
            throw new WiringException(file + " is a folder; name a file in it, such as " + file.resolve("agents.db"));
        }
        if (file.toString().contains("?")) {
            throw new WiringException("the SQLite driver cannot open a path with a question mark: " + file);
        }
        if (Files.exists(file) && !(Files.isReadable(file) && Files.isWritable(file))) {
            throw new WiringException(file + " cannot be read and written; give this user the right to do both");
        }
        if (!Files.isWritable(folder)) {
            throw new WiringException("the folder " + folder + " cannot be written; SQLite keeps its log beside "
                    + file.getFileName() + ": give this user the right, or use another folder");
        }
        String type = fileSystem(folder);
        if (!networkAllowed && isNetwork(type)) {
            throw new WiringException(file + " is on a network file system (" + type
                    + "), where SQLite's locks cannot be trusted: use a local disk, or PostgreSQL; "
                    + "builder(path).networkFileSystem(true) opens it anyway, for one process at a time");
        }
        return file;
    }

    private static Path folder(Path given) {
        Path folder = given.toAbsolutePath().normalize().getParent();
        if (folder == null || given.getFileName() == null) {
            throw new WiringException(given + " is no file; name one, such as agents.db");
        }
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            throw new WiringException("the folder " + folder + " of " + given.getFileName()
                    + " cannot be opened; make it first, or name another: " + e);
        }
    }

    /** As the operating system calls it: {@code ext4}, {@code nfs4}. */
    static String fileSystem(Path folder) {
        try {
            return Files.getFileStore(folder).type().toLowerCase(Locale.ROOT);
        } catch (IOException e) {
            return "unknown";
        }
    }

    static boolean isNetwork(String type) {
        return NETWORK.stream().anyMatch(type::startsWith);
    }
}
