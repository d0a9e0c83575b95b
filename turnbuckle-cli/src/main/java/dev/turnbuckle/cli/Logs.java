package dev.turnbuckle.cli;

import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** The runtime's log on standard error: warnings for those who want them, else nothing. */
final class Logs {
    private Logs() {}

    static void show(boolean warnings) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(warnings ? Level.WARNING : Level.OFF);
        if (warnings) {
            root.addHandler(new ConsoleHandler());
        }
    }
}
