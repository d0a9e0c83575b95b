package dev.turnbuckle.cli.demo;

import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.session.TurnId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demo as a story for people: a line an effect, as it happens. 80 columns. */
final class Story implements Stage {
    private static final int TEXT = 13;
    private static final int CLASS = 42;
    private static final int STATE = 52;
    private static final int WIDTH = 79;
    private static final Pattern ATTEMPT = Pattern.compile("#.*");

    private final Screen screen;
    private final CountTable table;

    /** What the model has said of its answer. */
    private final StringBuilder said = new StringBuilder();

    private boolean talking;
    private String saying = "";
    private int withdrawn;
    private final List<String> recalled = new ArrayList<>();
    private final Map<String, Call> running = new LinkedHashMap<>();
    private final List<Call> ended = new ArrayList<>();
    private boolean together;

    /** A tool call on its way. */
    private record Call(String tool, String effectClass, JsonNode arguments, String result) {}

    Story(Screen screen, CountTable table) {
        this.screen = screen;
        this.table = table;
    }

    @Override
    public void begins(DemoFolder folder) {
        screen.line("no key, no network: a scripted model, but a real SQLite file (fsync on),");
        screen.line("real processes, real kill -9                files: " + folder.path() + " (kept)");
        screen.line();
    }

    @Override
    public void accepted(String text, TurnId turn) {
        screen.line(screen.mark(Mark.STRONG, "you ▸ " + text));
        screen.line(screen.mark(
                Mark.FAINT, "      accepted, turn " + brief(turn) + ", on disk before this line was printed"));
    }

    private static String brief(TurnId turn) {
        return turn.value().substring(0, Math.min(8, turn.value().length()));
    }

    @Override
    public void event(WorkerProcess.Event event) {
        String type = event.type();
        boolean recalledOne =
                (type.equals("model_ended") && !event.json().path("performed").asBoolean())
                        || (type.equals("tool_ended") && event.text("how").equals("recalled"));
        if (recalledOne) {
            recalled.add(type.equals("model_ended") ? event.text("item") : event.text("tool"));
            return;
        }
        switch (type) {
            case "turn_started" -> started(event);
            case "model_started" -> speaks(ATTEMPT.matcher(event.text("item")).replaceAll(""));
            case "text_delta" -> says(event.text("text"));
            case "model_ended" -> silent("ran", Mark.GOOD);
            case "tool_started" -> calls(event);
            case "tool_ended" -> answered(event);
            case "committed" -> effect("commit", "revision " + event.text("revision"), "", "", Mark.GOOD);
            default -> {}
        }
    }

    private void started(WorkerProcess.Event event) {
        if (event.json().path("attempt").asInt() == 1) {
            screen.line();
            screen.line(screen.mark(Mark.NAME, "worker " + event.worker().pid()));
        }
    }

    @Override
    public void tookOver(WorkerProcess worker, WorkerProcess from, TurnId turn, Duration after) {
        screen.line();
        screen.line(
                screen.mark(Mark.NAME, "worker " + worker.pid()) + "   saw that " + from.pid() + " is dead, took turn "
                        + brief(turn) + String.format(Locale.ROOT, " after %.2f s", after.toMillis() / 1000.0));
        if (withdrawn > 0) {
            screen.line(
                    "  ~          " + withdrawn + " words withdrawn; " + saying + " had no outcome, it is asked again");
            withdrawn = 0;
        }
    }

    private void showRecalled() {
        if (!recalled.isEmpty()) {
            screen.line("  " + Screen.pad(String.join("  ", recalled), STATE - 14)
                    + screen.mark(Mark.GOOD, "from the journal, not run"));
            recalled.clear();
        }
    }

    private void speaks(String effect) {
        showRecalled();
        saying = effect;
        talking = true;
        said.setLength(0);
        screen.part("  " + Screen.pad(effect, TEXT - 2) + "\"");
    }

    private void says(String piece) {
        said.append(piece);
        screen.part(Screen.safe(piece));
    }

    private void silent(String state, Mark mark) {
        if (talking) {
            boolean whole = mark == Mark.GOOD;
            int column = TEXT + 1 + said.length() + (whole ? 1 : 0);
            screen.line((whole ? "\"" : "") + " ".repeat(Math.max(2, STATE - column)) + screen.mark(mark, state));
            talking = false;
        }
    }

    private void calls(WorkerProcess.Event event) {
        showRecalled();
        var call = new Call(
                event.text("tool"),
                event.text("effectClass"),
                JsonMapper.shared().readTree(event.text("arguments")),
                "");
        running.put(event.text("item"), call);
        together |= running.size() > 1;
        if (call.effectClass().equals("ONCE")) {
            String what = call.arguments().path("order").asString("") + " "
                    + Shop.money(call.arguments().path("cents").asLong()) + " → ledger.txt";
            effect(call.tool(), what, "ONCE", "started", Mark.NOTE);
        }
    }

    private void answered(WorkerProcess.Event event) {
        Call call = running.remove(event.text("item"));
        if (event.text("how").equals("unknown")) {
            showRecalled();
            effect(event.text("tool"), "ONCE, started, outcome unknown", "", "NOT run again, model is told", Mark.NOTE);
        } else if (call != null) {
            ended.add(new Call(call.tool(), call.effectClass(), call.arguments(), event.text("text")));
            if (running.isEmpty()) {
                showCalls();
            }
        }
    }

    private void showCalls() {
        for (int i = 0; i < ended.size(); i++) {
            Call call = ended.get(i);
            String bracket = !together ? "" : i == 0 ? "  ┐ at the same time" : "  ┘";
            effect(call.tool(), call.result(), call.effectClass(), "ran" + bracket, Mark.GOOD);
        }
        ended.clear();
        together = false;
    }

    private void effect(String name, String text, String effectClass, String state, Mark mark) {
        showRecalled();
        String left = Screen.pad(
                "  " + Screen.pad(name, TEXT - 2) + Screen.safe(text), effectClass.isEmpty() ? STATE - 1 : CLASS);
        screen.line((Screen.pad(left + effectClass, STATE) + screen.mark(mark, state)).stripTrailing());
    }

    @Override
    public void killed(WorkerProcess worker, String instant) {
        if (talking) {
            withdrawn = said.toString().strip().split("\\s+").length;
            silent(withdrawn + " words streamed …", Mark.NOTE);
        }
        running.clear();
        ended.clear();
        showRecalled();
        String why = switch (instant) {
            case Holds.STREAMING -> "while the model was talking";
            case Holds.LEDGER_WRITTEN -> "ledger.txt is written, the outcome is not";
            default -> instant.startsWith("before model/") ? "between two effects" : instant;
        };
        String left = "  ✗ kill -9 " + worker.pid();
        screen.line(screen.mark(Mark.BAD, left)
                + " ".repeat(Math.max(2, Math.min(STATE, WIDTH - why.length()) - left.length()))
                + why);
    }

    @Override
    public void counted(Tally.Count count, List<String> broken, Duration took) {
        table.show(count, broken, took);
    }

    @Override
    public void failed(String why) {
        screen.line();
        screen.line(screen.mark(Mark.BAD, "the demo failed") + "  " + Screen.safe(why));
    }
}
