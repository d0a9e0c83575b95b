package dev.turnbuckle.cli;

import dev.turnbuckle.error.TurnbuckleException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** How failures look: one line that says what to do, no stack trace, an exit status. */
final class Errors {
    static final int FAILED = 1;
    static final int USAGE = 2;

    private Errors() {}

    static int usage(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        var err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        err.println(name + ": " + firstLine(String.valueOf(e.getMessage())));
        CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try '" + name + " --help'.");
        return USAGE;
    }

    static int show(Exception e, CommandLine command, boolean verbose) {
        var err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        err.println(name + ": " + text(e));
        if (verbose) {
            e.printStackTrace(err);
        }
        if (e instanceof UsageException) {
            err.println("Try '" + name + " --help'.");
            return USAGE;
        }
        return e instanceof TurnbuckleException t && t.remedy() == TurnbuckleException.Remedy.REWIRE ? USAGE : FAILED;
    }

    private static String text(Exception e) {
        return switch (e) {
            case TurnbuckleException t -> String.valueOf(t.getMessage());
            case UsageException u -> String.valueOf(u.getMessage());
            case UncheckedIOException io -> file(Objects.requireNonNull(io.getCause()));
            case IOException io -> file(io);
            default -> "a bug, please report it with what --verbose shows: " + e;
        };
    }

    private static String file(IOException e) {
        return switch (e) {
            case java.nio.file.AccessDeniedException denied ->
                denied.getFile() + ": no right to read or write it; choose another place, or give this user the right";
            case java.nio.file.NoSuchFileException missing -> missing.getFile() + " does not exist";
            case java.nio.file.FileAlreadyExistsException there -> there.getFile() + " exists and is no folder";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
