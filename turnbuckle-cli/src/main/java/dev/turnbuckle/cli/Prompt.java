package dev.turnbuckle.cli;

import dev.turnbuckle.cli.out.Streams;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The input of a run: what {@code -p} says, and what standard input brings. */
final class Prompt {
    /** Bound of what is read of standard input, in bytes; an input's own bound. */
    static final int MAX_BYTES = 1 << 20;

    /** How long a pipe may stay silent beside a {@code -p}: one that nobody writes to and nobody closes is common. */
    static final Duration PATIENCE = Duration.ofSeconds(3);

    private final InputStream in;
    private final Streams.Kind kind;
    private final Duration patience;
    private final Consumer<String> aside;

    /** @param aside takes what the user should know of it */
    Prompt(InputStream in, Streams.Kind kind, Duration patience, Consumer<String> aside) {
        this.in = in;
        this.kind = kind;
        this.patience = patience;
        this.aside = aside;
    }

    /**
     * {@code -} is standard input, whatever it is. Words are followed by what a pipe or a file brings, after an empty
     * line. Without the option, the pipe or the file is the input.
     *
     * @throws UsageException when there is nothing, or too much
     */
    String text(@Nullable String option) throws IOException {
        boolean brings = kind == Streams.Kind.PIPE || kind == Streams.Kind.FILE;
        if (option == null && !brings) {
            throw new UsageException("what is the input? Give it with -p TEXT, or pipe it in");
        }
        if (option == null || option.equals("-")) {
            return required(read());
        }
        String more = brings ? beside() : "";
        return required(more.isBlank() ? option : option + "\n\n" + more);
    }

    private static String required(String text) {
        if (text.isBlank()) {
            throw new UsageException("the input is empty; say what you want with -p TEXT");
        }
        return text;
    }

    /** What comes beside words that would do alone. */
    private String beside() throws IOException {
        var first = new CompletableFuture<Integer>();
        Thread.ofPlatform().daemon().name("turnbuckle-input").start(() -> {
            try {
                first.complete(in.read());
            } catch (IOException e) { // handed to whoever waits
                first.completeExceptionally(e);
            }
        });
        try {
            int c = first.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return c < 0 ? "" : read(c);
        } catch (TimeoutException e) {
            aside.accept("nothing came on standard input for " + patience.toSeconds()
                    + " s; going on with -p alone ('-p -' waits for it, </dev/null says that there is none)");
            return "";
        } catch (ExecutionException e) {
            throw new IOException("standard input cannot be read: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private String read(int... before) throws IOException {
        var bytes = new java.io.ByteArrayOutputStream();
        for (int b : before) {
            bytes.write(b);
        }
        bytes.write(in.readNBytes(MAX_BYTES + 1));
        if (bytes.size() > MAX_BYTES) {
            throw new UsageException("standard input brings more than " + MAX_BYTES + " bytes; send a part of it");
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
