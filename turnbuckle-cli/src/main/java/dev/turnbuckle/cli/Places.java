package dev.turnbuckle.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** Where this command keeps what its user did not name a place for: {@code $XDG_STATE_HOME/turnbuckle}. */
record Places(Path state) {
    /** How help texts call the database. */
    static final String DATABASE = "~/.local/state/turnbuckle/agents.db";

    static Places of(Map<String, String> environment) {
        String named = environment.getOrDefault("XDG_STATE_HOME", "");
        // A relative path is to be ignored, says the XDG base directory specification.
        Path base =
                named.startsWith("/") ? Path.of(named) : Path.of(System.getProperty("user.home"), ".local", "state");
        return new Places(base.resolve("turnbuckle"));
    }

    Path database() {
        return state.resolve("agents.db");
    }

    /** Lines that were typed. */
    Path history() {
        return state.resolve("history");
    }

    /** Makes the folder, for this user alone: conversations are kept in it. */
    void make() throws IOException {
        if (!Files.isDirectory(state)) {
            Files.createDirectories(state);
            if (Files.getFileStore(state).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
            }
        }
    }
}
