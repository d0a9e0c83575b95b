package dev.turnbuckle.cli.demo;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.tool.OnUnknown;
import dev.turnbuckle.tool.Tool;
import dev.turnbuckle.tool.ToolContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/** The demo's agent: a tool of each effect class, and a ledger that stands for the world outside. */
final class Shop {
    record Order(String order) {}

    record Charge(String order, long cents) {}

    private final DemoFolder folder;
    private final Pace pace;
    private final Runnable ledgerWritten;

    /** @param ledgerWritten called when a charge is on disk and its outcome is not recorded yet */
    Shop(DemoFolder folder, Pace pace, Runnable ledgerWritten) {
        this.folder = folder;
        this.pace = pace;
        this.ledgerWritten = ledgerWritten;
    }

    Agent agent(Model model) {
        return Agent.named(DemoFolder.AGENT)
                .model(model)
                .instructions("You are a shop's clerk. Charge orders, and say when they arrive.")
                .tool(Tool.read("order", "Looks up an order", Order.class, this::lookUp))
                .tool(Tool.read("carrier", "Asks the carrier how long it takes", Order.class, this::askCarrier))
                .tool(Tool.read("ledger", "Lines of an order in the ledger", Order.class, this::readLedger))
                .tool(Tool.idempotent("book", "Books the delivery", Order.class, this::book))
                .tool(Tool.once("charge", "Charges the card", Charge.class, this::charge)
                        .ifUnknown(OnUnknown.TELL_MODEL))
                .build();
    }

    private String lookUp(Order o) throws InterruptedException {
        pace.spend(pace.call());
        return o.order() + ", 42.00 EUR";
    }

    private String askCarrier(Order o) throws InterruptedException {
        pace.spend(pace.call());
        return "2 days";
    }

    private String charge(Charge c, ToolContext context) throws IOException {
        append(folder.ledger(), c.order() + " " + money(c.cents()) + " " + context.idempotencyKey() + "\n");
        ledgerWritten.run();
        return "charged";
    }

    /** The same key is the same booking, however often it is asked for. */
    private String book(Order o, ToolContext context) throws IOException, InterruptedException {
        pace.spend(pace.call());
        Files.createDirectories(folder.bookings());
        Files.writeString(folder.bookings().resolve(context.idempotencyKey()), o.order(), StandardOpenOption.CREATE);
        return "booked";
    }

    private String readLedger(Order o) throws IOException, InterruptedException {
        pace.spend(pace.call());
        long lines = ledger(folder.ledger()).stream()
                .filter(l -> l.startsWith(o.order() + " "))
                .count();
        return lines + (lines == 1 ? " line for " : " lines for ") + o.order();
    }

    static List<String> ledger(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    static String money(long cents) {
        return String.format(Locale.ROOT, "%d.%02d EUR", cents / 100, cents % 100);
    }

    /** On disk when it returns. */
    static void append(Path file, String line) throws IOException {
        try (var channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
    }
}
