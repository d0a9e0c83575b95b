package dev.turnbuckle.cli;

import dev.turnbuckle.Events;
import dev.turnbuckle.Session;
import dev.turnbuckle.Turn;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.agent.Budget;
import dev.turnbuckle.cli.chat.Transcript;
import dev.turnbuckle.cli.out.Layout;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.cli.tools.BuiltInTools;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.TurnOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One turn, without anybody to talk to. */
final class Run {
    private static final int BUDGET = 3;
    private static final int SUSPENDED = 4;
    private static final int CANCELLED = 130;
    private static final int COLUMNS = 79;
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration GOODBYE = Duration.ofSeconds(15);

    /** {@code null} is without bound. */
    record Bounds(
            @Nullable Integer calls,
            @Nullable Long tokens,
            @Nullable Duration time) {
        Budget budget() {
            Budget budget = Budget.DEFAULT;
            budget = calls == null ? budget : budget.iterations(calls);
            budget = tokens == null ? budget : budget.tokens(tokens);
            return time == null ? budget : budget.wallClock(time);
        }
    }

    record Order(String prompt, @Nullable String session, Store database, Agent agent) {}

    private final Screen screen;
    private final Screen aside;
    private final boolean json;
    private final boolean watched;
    private final Transcript transcript = new Transcript();
    private final Layout layout = new Layout(() -> COLUMNS);
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable Turn turn;
    private volatile int status = CANCELLED;

    /** @param watched whether a person looks on, who is shown what happens as it does */
    Run(Screen screen, Screen aside, boolean json, boolean watched) {
        this.screen = screen;
        this.aside = aside;
        this.json = json;
        this.watched = watched;
    }

    /** @return the exit status */
    int run(Order order) {
        String id = order.session() == null ? "run-" + Environment.system().id().substring(0, 8) : order.session();
        var cancel = new Thread(this::cancel);
        try (var turnbuckle = order.database().working().agent(order.agent()).build()) {
            Session session = turnbuckle.session(id);
            order.database().requireOurs(session);
            if (json) {
                screen.json(of("session").put("id", id));
            } else {
                screen.line("session " + Screen.safe(id));
            }
            transcript.typed(order.prompt());
            Turn sent = session.send(input(order));
            turn = sent;
            Runtime.getRuntime().addShutdownHook(cancel);
            sent.behind()
                    .ifPresent(before -> aside.line("turn " + before + " of this session is open and goes on first"));
            TurnOutcome outcome = drive(sent);
            show(outcome);
            status = status(outcome);
        } finally {
            done.countDown();
            forget(cancel);
        }
        return status;
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // the hook runs already, and ends the process
        }
    }

    /** Ctrl-C: the turn is told to stop, and the process ends when that is committed. */
    private void cancel() {
        Turn running = turn;
        try {
            if (running != null) {
                running.cancel("interrupted at the terminal");
            }
        } catch (ClosedException ended) {
            // the turn has ended and its store is closed: the status says how
        }
        try {
            boolean over = done.await(GOODBYE.toSeconds(), TimeUnit.SECONDS);
            Runtime.getRuntime().halt(over ? status : CANCELLED);
        } catch (InterruptedException e) {
            Runtime.getRuntime().halt(CANCELLED);
        }
    }

    private static Input input(Order order) {
        return Input.text(order.prompt())
                .context(BuiltInTools.FOLDER, Path.of("").toAbsolutePath().toString());
    }

    /** Until it ended or waits, here or in another process that has the same agent. */
    private TurnOutcome drive(Turn turn) {
        try (Events events = turn.events()) {
            while (true) {
                SessionEvent event = events.next(LOOK).orElse(null);
                if (event != null) {
                    show(event);
                }
                boolean perhapsOver = event == null
                        || event.activity() instanceof Activity.TurnEnded
                        || event.activity() instanceof Activity.TurnSuspended;
                TurnOutcome outcome = perhapsOver ? turn.await(Duration.ZERO).orElse(null) : null;
                if (outcome != null) {
                    return outcome;
                }
            }
        }
    }

    private void show(SessionEvent event) {
        if (json) {
            screen.line(event.json());
        } else if (watched) {
            if (!(event.activity() instanceof Activity.TurnEnded)) {
                screen.part(screen.text(layout.lay(transcript.on(event.activity()))));
            }
        } else if (event.activity() instanceof Activity.ToolEnded tool) {
            String how = tool.error() ? screen.mark(Mark.BAD, tool.how()) : screen.mark(Mark.GOOD, tool.how());
            screen.line("  " + Screen.pad(Screen.safe(tool.tool()), 16) + how + "  " + Screen.safe(tool.text()));
        }
    }

    private void show(TurnOutcome outcome) {
        if (json) {
            screen.json(json(outcome));
            return;
        }
        if (watched && !(outcome instanceof TurnOutcome.Suspended)) {
            screen.part(screen.text(layout.lay(transcript.endedElsewhere(outcome))));
            return;
        }
        switch (outcome) {
            case TurnOutcome.Answered a -> screen.line(Screen.safe(a.answer()));
            case TurnOutcome.Failed f ->
                screen.line(screen.mark(Mark.BAD, "failed") + "  " + f.code() + ": " + Screen.safe(f.message()));
            case TurnOutcome.BudgetExhausted b ->
                screen.line(screen.mark(Mark.BAD, "stopped") + "  the budget is exhausted: " + b.bound());
            case TurnOutcome.Cancelled c ->
                screen.line(screen.mark(Mark.NOTE, "cancelled") + "  by " + c.by() + ": " + c.reason());
            case TurnOutcome.Suspended s ->
                s.waits()
                        .forEach(w -> screen.line(screen.mark(Mark.NOTE, "waits") + "  " + Screen.safe(w.question())
                                + "  (" + w.id() + ")"));
        }
    }

    private static ObjectNode json(TurnOutcome outcome) {
        ObjectNode json = of("result")
                .put("status", outcome instanceof TurnOutcome.Failed ? "failed" : outcome.code())
                .put("exit", status(outcome))
                .put("turn", outcome.turn().value());
        switch (outcome) {
            case TurnOutcome.Answered a -> json.put("text", a.answer());
            case TurnOutcome.Failed f ->
                json.put("code", f.code()).put("message", f.message()).put("retryable", f.retryable());
            case TurnOutcome.BudgetExhausted b -> json.put("bound", b.bound()).put("text", b.partialText());
            case TurnOutcome.Cancelled c ->
                json.put("by", c.by()).put("reason", c.reason()).put("text", c.partialText());
            case TurnOutcome.Suspended s -> {
                var waits = json.putArray("waits");
                s.waits()
                        .forEach(
                                w -> waits.addObject().put("id", w.id().value()).put("question", w.question()));
            }
        }
        return json;
    }

    private static int status(TurnOutcome outcome) {
        return switch (outcome) {
            case TurnOutcome.Answered a -> 0;
            case TurnOutcome.Failed f -> Errors.FAILED;
            case TurnOutcome.BudgetExhausted b -> BUDGET;
            case TurnOutcome.Suspended s -> SUSPENDED;
            case TurnOutcome.Cancelled c -> CANCELLED;
        };
    }

    private static ObjectNode of(String type) {
        return JsonMapper.shared().createObjectNode().put("type", type);
    }
}
