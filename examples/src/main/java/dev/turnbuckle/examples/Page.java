package dev.turnbuckle.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;

/** A browser's end of a stream of server-sent events, which goes away once it saw an event of one type. */
final class Page extends Writer {
    private final String closesAfter;
    private final StringBuilder received = new StringBuilder();
    private boolean closed;

    Page(String closesAfter) {
        this.closesAfter = closesAfter;
    }

    PrintWriter writer() {
        return new PrintWriter(this);
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("the connection was closed");
        }
        received.append(text, offset, length);
    }

    @Override
    public void flush() throws IOException {
        if (types().contains(closesAfter)) {
            closed = true;
            throw new IOException("the connection was closed");
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    List<String> types() {
        return field("event: ");
    }

    String lastEventId() {
        return field("id: ").getLast();
    }

    /** The page's data, an item an event. */
    List<String> data() {
        return field("data: ");
    }

    private List<String> field(String name) {
        var values = new ArrayList<String>();
        received.toString()
                .lines()
                .filter(line -> line.startsWith(name))
                .forEach(line -> values.add(line.substring(name.length())));
        return values;
    }
}
