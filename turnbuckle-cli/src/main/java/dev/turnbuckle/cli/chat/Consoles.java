package dev.turnbuckle.cli.chat;

import dev.turnbuckle.cli.out.Layout;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Streams;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.impl.ExternalTerminal;
import org.jline.utils.Signals;

/** Finds the console that standard input and output are good for. */
public final class Consoles {
    private static final int COLUMNS = 79;

    private Consoles() {}

    /** @param history a file for typed lines, where they are edited */
    public static Console open(Streams streams, InputStream in, PrintStream out, Path history) throws IOException {
        if (!streams.editing()) {
            return lines(streams, in, out);
        }
        Terminal terminal = TerminalBuilder.builder()
                .system(true)
                .dumb(false)
                .name("turnbuckle")
                .build();
        return new EditingConsole(terminal, streams.colours(), history);
    }

    /** An editing console without a terminal: the keys are given, what is shown goes nowhere. */
    public static Console unseen(String keys) throws IOException {
        var in = new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8));
        var terminal = new ExternalTerminal(
                "unseen", "xterm-256color", in, OutputStream.nullOutputStream(), StandardCharsets.UTF_8);
        return new EditingConsole(terminal, true, null);
    }

    private static Console lines(Streams streams, InputStream in, PrintStream out) {
        boolean interactive = streams.input() == Streams.Kind.TERMINAL;
        var console = new LineConsole(
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)),
                new Screen(out, streams.colours()),
                streams.outputIsTerminal() ? COLUMNS : Layout.ENDLESS,
                interactive);
        if (interactive) {
            Signals.register("INT", console::interrupt);
        }
        return console;
    }
}
