package dev.turnbuckle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {
    @TempDir
    private Path folder;

    @Test
    void theDatabaseIsInTheStateFolderThatTheUserSet() {
        assertThat(Places.of(Map.of("XDG_STATE_HOME", "/var/state")).database())
                .isEqualTo(Path.of("/var/state/turnbuckle/agents.db"));
    }

    @Test
    void withoutOneItIsInTheHomeFolder() {
        Path home = Path.of(System.getProperty("user.home"));

        assertThat(Places.of(Map.of()).database()).isEqualTo(home.resolve(".local/state/turnbuckle/agents.db"));
        assertThat(Places.of(Map.of("XDG_STATE_HOME", "relative")).database())
                .isEqualTo(home.resolve(".local/state/turnbuckle/agents.db"));
    }

    @Test
    void theFolderIsTheUsersAlone() throws IOException {
        var places = new Places(folder.resolve("a/turnbuckle"));

        places.make();
        places.make();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(places.state())))
                .isEqualTo("rwx------");
    }

    @Test
    void everyCommandLooksThere() throws IOException {
        Path script = Files.writeString(folder.resolve("s.json"), "{\"steps\": [{\"say\": \"Hello.\"}]}");
        Map<String, String> environment = Map.of("XDG_STATE_HOME", folder.toString());

        assertThat(Shell.with(environment, "run", "-p", "Hi", "--session", "s", "--script", script)
                        .status())
                .isZero();

        assertThat(folder.resolve("turnbuckle/agents.db")).exists();
        assertThat(Shell.with(environment, "sessions", "list").out()).contains("s  default");
        assertThat(Shell.with(environment, "doctor").out()).contains("integrity");
    }
}
