package dev.turnbuckle.cli.chat;

import dev.turnbuckle.cli.out.Layout;
import dev.turnbuckle.cli.out.Piece;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import java.io.IOError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jline.keymap.KeyMap;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Reference;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.utils.NonBlockingReader;
import org.jspecify.annotations.Nullable;

/**
 * A terminal with line editing. While a turn runs nobody holds the cursor, so text appears as it streams; the first key
 * opens a line, and what streams on then appears above it, line by line, until the line is sent.
 */
final class EditingConsole implements Console {
    /** Wider text is hard to read. */
    private static final int WIDEST = 100;

    private static final long LOOK_MILLIS = 50;
    private static final int CTRL_C = 3;
    private static final int HISTORY_LINES = 1_000;

    private final Terminal terminal;
    private final Screen screen;
    private final LineReader reader;
    private final Layout layout;

    /** Guarded by this, as is what follows: whether a line is open, and what waits to be shown above it. */
    private boolean editing;

    private final StringBuilder above = new StringBuilder();
    private volatile boolean interrupted;

    /** @param history a file that typed lines are kept in; {@code null} keeps none */
    EditingConsole(Terminal terminal, boolean colours, @Nullable Path history) {
        this.terminal = terminal;
        this.screen = new Screen(System.out, colours);
        this.layout = new Layout(() -> Math.min(WIDEST, terminal.getColumns() > 0 ? terminal.getColumns() - 1 : 79));
        this.reader = reader(terminal, history);
        terminal.handle(Terminal.Signal.INT, signal -> interrupted = true);
    }

    private static LineReader reader(Terminal terminal, @Nullable Path history) {
        LineReader reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("turnbuckle")
                .parser(new WholeLine())
                .completer((r, line, candidates) -> {
                    if (line.line().startsWith("/")) {
                        Command.words().forEach(word -> candidates.add(new Candidate(word)));
                    }
                })
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.HISTORY_IGNORE_SPACE, true)
                .option(LineReader.Option.HISTORY_IGNORE_DUPS, true)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "    ▸ ")
                .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
                .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES)
                .build();
        if (history != null) {
            reader.setVariable(LineReader.HISTORY_FILE, history);
        }
        reader.getWidgets().put("new-line", () -> {
            reader.getBuffer().write('\n');
            return true;
        });
        Objects.requireNonNull(reader.getKeyMaps().get(LineReader.MAIN))
                .bind(new Reference("new-line"), KeyMap.alt('\r'), KeyMap.alt('\n'));
        return reader;
    }

    @Override
    public synchronized void show(List<Piece> pieces) {
        above.append(screen.text(layout.lay(pieces)));
        if (!editing) {
            flush();
        } else if (reader.isReading()) {
            int end = above.lastIndexOf("\n");
            if (end >= 0) {
                reader.printAbove(above.substring(0, end));
                above.delete(0, end + 1);
            }
        }
    }

    private void flush() {
        terminal.writer().print(above);
        terminal.writer().flush();
        above.setLength(0);
    }

    private synchronized void begin() {
        above.append(screen.text(layout.fresh()));
        flush();
        editing = true;
    }

    private synchronized void end() {
        editing = false;
        if (above.isEmpty()) {
            layout.lineOfOthers();
        }
        flush();
    }

    @Override
    public Heard ask(Prompt prompt, String draft) {
        boolean kept = prompt == Prompt.YOU || prompt == Prompt.STEER;
        reader.setVariable(LineReader.DISABLE_HISTORY, !kept);
        begin();
        try {
            String line = reader.readLine(
                    screen.mark(kept ? Mark.STRONG : Mark.NOTE, prompt.text), null, (Character) null, draft);
            return new Heard.Line(line.replace("\\\n", "\n"));
        } catch (UserInterruptException e) {
            return e.getPartialLine() == null || e.getPartialLine().isBlank()
                    ? new Heard.Interrupt()
                    : new Heard.Nothing();
        } catch (EndOfFileException | IOError e) {
            return new Heard.End();
        } finally {
            interrupted = false;
            end();
        }
    }

    @Override
    public Heard listen(BooleanSupplier busy) {
        Attributes before = terminal.enterRawMode();
        try {
            while (busy.getAsBoolean()) {
                int key = terminal.reader().peek(LOOK_MILLIS);
                if (interrupted || key == CTRL_C) { // some terminals raise the signal, some send the key, some do both
                    if (key == CTRL_C) {
                        terminal.reader().read();
                    }
                    interrupted = false;
                    return new Heard.Interrupt();
                }
                if (key == NonBlockingReader.EOF) {
                    return new Heard.End();
                }
                if (key != NonBlockingReader.READ_EXPIRED) {
                    return ask(Prompt.STEER, "");
                }
            }
            return new Heard.Nothing();
        } catch (IOException e) {
            return new Heard.End(); // the terminal is gone
        } finally {
            terminal.setAttributes(before);
        }
    }

    @Override
    public boolean interactive() {
        return true;
    }

    @Override
    public void close() {
        synchronized (this) {
            above.append(screen.text(layout.fresh()));
            flush();
        }
        try {
            terminal.close();
        } catch (IOException e) {
            // it is gone already
        }
    }
}
