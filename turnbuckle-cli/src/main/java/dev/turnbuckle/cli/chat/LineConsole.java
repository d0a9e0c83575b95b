package dev.turnbuckle.cli.chat;

import dev.turnbuckle.cli.out.Layout;
import dev.turnbuckle.cli.out.Piece;
import dev.turnbuckle.cli.out.Screen;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A console that can do nothing but lines: a terminal that is called dumb, an editor's shell, a pipe. The terminal
 * itself edits and echoes; a line that is typed while a turn runs steers it. Of a pipe, each line waits for the turn of
 * the one before.
 */
final class LineConsole implements Console {
    /** Lines that were read ahead; whoever writes more has to wait. */
    private static final int MOST_AHEAD = 64;

    private static final long LOOK_MILLIS = 50;

    private final Screen screen;
    private final boolean interactive;
    private final Layout layout;
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>(MOST_AHEAD);

    /** @param columns of the screen; {@link Layout#ENDLESS} where nobody looks at one */
    LineConsole(BufferedReader in, Screen screen, int columns, boolean interactive) {
        this.screen = screen;
        this.interactive = interactive;
        this.layout = new Layout(() -> columns);
        Thread.ofPlatform().daemon().name("turnbuckle-lines").start(() -> read(in));
    }

    private void read(BufferedReader in) {
        try {
            var text = new StringBuilder();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.endsWith("\\")) {
                    text.append(line, 0, line.length() - 1).append('\n');
                } else {
                    heard.put(new Heard.Line(text.append(line).toString()));
                    text.setLength(0);
                }
            }
            heard.put(new Heard.End());
        } catch (IOException | InterruptedException e) { // the end of input: nobody is told more by it
            heard.offer(new Heard.End());
        }
    }

    /** Ctrl-C. */
    void interrupt() {
        heard.offer(new Heard.Interrupt());
    }

    @Override
    public synchronized void show(List<Piece> pieces) {
        screen.part(screen.text(layout.lay(pieces)));
    }

    private synchronized void prompt(Prompt prompt) {
        screen.part(screen.text(layout.fresh()) + (interactive ? prompt.text : ""));
        if (interactive) {
            layout.lineOfOthers();
        }
    }

    @Override
    public Heard ask(Prompt prompt, String draft) {
        if (prompt == Prompt.EDIT && interactive) {
            screen.line("  " + Screen.safe(draft));
        }
        prompt(prompt);
        try {
            return echoed(prompt, heard.take());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Heard.End();
        }
    }

    /** A terminal echoes what is typed, and nothing for a key that ends the line in another way; a pipe echoes nothing. */
    private Heard echoed(Prompt prompt, Heard what) {
        if (what instanceof Heard.Line(String text)) {
            if (!interactive) {
                show(List.of(Piece.line(Screen.Mark.PLAIN, prompt.text + text)));
            }
        } else if (interactive) {
            screen.line();
        }
        return what;
    }

    @Override
    public Heard listen(BooleanSupplier busy) {
        try {
            while (busy.getAsBoolean()) {
                Heard next = interactive ? heard.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS) : interrupted();
                if (next != null) {
                    return next;
                }
            }
            return new Heard.Nothing();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Heard.End();
        }
    }

    /** Lines of a pipe wait; Ctrl-C does not. */
    private @org.jspecify.annotations.Nullable Heard interrupted() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        return heard.removeIf(Heard.Interrupt.class::isInstance) ? new Heard.Interrupt() : null;
    }

    @Override
    public boolean interactive() {
        return interactive;
    }

    @Override
    public synchronized void close() {
        screen.part(screen.text(layout.fresh()));
    }
}
