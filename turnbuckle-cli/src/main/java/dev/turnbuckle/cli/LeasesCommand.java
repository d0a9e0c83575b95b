package dev.turnbuckle.cli;

import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

/** {@code turnbuckle leases}. */
@Command(
        name = "leases",
        mixinStandardHelpOptions = true,
        header = "List who drives which session now.",
        description = {
            "",
            "A line for each lease that was not given back, the oldest first: session, worker, how often the session "
                    + "was taken, since when, and how long its worker may stay silent before another one takes it. A "
                    + "lease that is over belongs to a worker that died or lost its way to the database.",
            ""
        })
final class LeasesCommand implements Callable<Integer> {
    @Mixin
    private final DatabaseOption database = new DatabaseOption();

    private final Main main;

    LeasesCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() {
        Logs.show(main.verbose());
        Store store = database.store(main);
        try (var storage = store.existing()) {
            storage.open(Environment.system());
            List<Lease> leases = storage.leases().list().stream()
                    .sorted(Comparator.comparing(Lease::acquiredAt))
                    .toList();
            Instant now = Environment.system().now();
            leases.forEach(l -> show(l, now));
            if (leases.isEmpty() && !main.json()) {
                main.screen().line("nobody drives anything in " + store);
            }
        }
        return 0;
    }

    private void show(Lease lease, Instant now) {
        Screen screen = main.screen();
        if (main.json()) {
            screen.json(JsonMapper.shared()
                    .createObjectNode()
                    .put("type", "lease")
                    .put("kind", lease.scope().kind())
                    .put("id", lease.scope().id())
                    .put("worker", lease.holder().worker())
                    .put("incarnation", lease.holder().incarnation())
                    .put("generation", lease.generation())
                    .put("acquired", lease.acquiredAt().toString())
                    .put("expires", lease.expiresAt().toString())
                    .put("live", lease.liveAt(now)));
            return;
        }
        Duration left = Duration.between(now, lease.expiresAt());
        String until = left.isNegative()
                ? screen.mark(Mark.BAD, "over since " + left.negated().toSeconds() + " s")
                : "for " + left.toSeconds() + " s";
        screen.line(screen.mark(
                        Mark.STRONG, Screen.pad(Screen.safe(lease.scope().id()), 30)) + "  "
                + Screen.pad(Screen.safe(lease.holder().worker()), 20) + "  generation "
                + Screen.pad(String.valueOf(lease.generation()), 4) + "  since " + lease.acquiredAt() + "  " + until);
    }
}
