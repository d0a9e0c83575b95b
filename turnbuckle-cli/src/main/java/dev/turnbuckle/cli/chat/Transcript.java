package dev.turnbuckle.cli.chat;

import dev.turnbuckle.cli.out.Piece;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.cli.out.Span;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Observation;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a session's events look like to a person, piece by piece, append only: what was shown and did not happen is not
 * erased but said. Knows what it has shown, so that a turn that is driven again (after an approval, in this process) is
 * not told twice. One thread.
 */
public final class Transcript {
    private static final int NAME = 14;
    private static final int INDENT = 2;

    /** What the last piece was; something else follows after an empty line. */
    private enum Block {
        NONE,
        REASONING,
        TEXT,
        STEPS
    }

    /** Of a model's answer, by its correlation id. */
    private static final class Said {
        final StringBuilder text = new StringBuilder();
        boolean complete;
    }

    private final Map<String, Said> said = new LinkedHashMap<>();
    private final Map<String, Long> perhapsTakenBack = new HashMap<>();
    private final Set<Long> inputs = new HashSet<>();
    private final Set<String> endedTools = new HashSet<>();
    private final List<String> typed = new ArrayList<>();
    private final Set<TurnId> ended = new HashSet<>();
    private Block block = Block.NONE;
    private String model = "";
    private List<Piece> pieces = new ArrayList<>();

    /** An input of these words is on its way, and stands on the screen already. */
    public void typed(String text) {
        typed.add(text);
    }

    /** The input of this number stands on the screen already. */
    void shown(long sequence) {
        inputs.add(sequence);
    }

    /** Whether its end was shown. */
    boolean hasEnded(TurnId turn) {
        return ended.contains(turn);
    }

    public List<Piece> on(Activity activity) {
        switch (activity) {
            case Activity.ModelStarted a -> asked(a);
            case Activity.ReasoningDelta a -> delta(a.item() + "/reasoning", a.text(), Block.REASONING);
            case Activity.TextDelta a -> delta(a.item(), a.text(), Block.TEXT);
            case Activity.ModelEnded a -> answered(a);
            case Activity.Retracted a -> retracted(a);
            case Activity.ModelRetry a ->
                step(
                        Mark.NOTE,
                        "↻",
                        "model",
                        "failed (" + a.reason().toLowerCase(java.util.Locale.ROOT) + "); asked again in "
                                + Words.seconds(a.pause()));
            case Activity.ToolStarted a -> started(a);
            case Activity.ToolProgress a -> step(Mark.FAINT, "·", "", Words.firstLine(a.text()));
            case Activity.ToolEnded a -> ended(a);
            case Activity.WaitDecided a ->
                step(
                        Mark.FAINT,
                        "·",
                        "",
                        a.verdict().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + " by " + a.by());
            case Activity.InputApplied a -> applied(a);
            case Activity.TurnEnded a -> ended(a.outcome());
            case Activity.Gap a -> gap(a.observation());
            case Activity.SessionEnded a -> step(Mark.BAD, "✗", "", "the session has ended: " + a.reason());
            default -> {}
        }
        return taken();
    }

    private List<Piece> taken() {
        List<Piece> taken = pieces;
        pieces = new ArrayList<>();
        return taken;
    }

    private void enter(Block next) {
        if (block != next) {
            pieces.add(new Piece.Gap());
        }
        block = next;
    }

    private void step(Mark mark, String sign, String name, String text) {
        enter(Block.STEPS);
        pieces.add(Piece.line(
                new Span(mark, "  " + sign + " "),
                new Span(Mark.PLAIN, name.isEmpty() ? "" : Screen.pad(name, NAME) + " "),
                new Span(Mark.FAINT, text)));
    }

    // ---- the model

    private void asked(Activity.ModelStarted a) {
        Long words = perhapsTakenBack.remove(key(a.item()));
        if (words != null) {
            takenBack(words);
        }
        if (!model.isEmpty() && !model.equals(a.model())) {
            step(Mark.NOTE, "↻", "model", "now " + a.model());
        }
        model = a.model();
    }

    /** The effect that an attempt belongs to: {@code model/1} of {@code model/1#2.1}. */
    private static String key(String item) {
        int mark = item.indexOf('#');
        return mark < 0 ? item : item.substring(0, mark);
    }

    private void delta(String item, String text, Block kind) {
        boolean first = said.get(item) == null;
        enter(kind);
        said.computeIfAbsent(item, i -> new Said()).text.append(text);
        String shown = first ? text.stripLeading() : text;
        pieces.add(
                kind == Block.TEXT
                        ? Piece.flow(Mark.PLAIN, shown, 0)
                        : Piece.flow(Mark.FAINT, first ? "thinks: " + shown : shown, INDENT));
    }

    private void answered(Activity.ModelEnded a) {
        if (a.performed()) {
            Said of = said.get(a.item());
            if (of != null) {
                of.complete = true;
            }
        } else {
            perhapsTakenBack.remove(a.item()); // recalled: it stands
        }
    }

    /** What a whole answer's drive takes back may be recalled by the next one; then it stands. */
    private void retracted(Activity.Retracted a) {
        long now = 0;
        for (String item : a.items()) {
            Said text = said.get(item);
            Said reasoning = said.remove(item + "/reasoning");
            long words = (text == null ? 0 : Words.wordsIn(text.text))
                    + (reasoning == null ? 0 : Words.wordsIn(reasoning.text));
            if (text != null && text.complete) {
                perhapsTakenBack.merge(key(item), words, Long::sum);
            } else {
                said.remove(item);
                now += words;
            }
        }
        if (now > 0) {
            takenBack(now);
        }
    }

    private void takenBack(long words) {
        step(Mark.NOTE, "↶", "taken back", "the last " + Words.count(words, "word") + "; they never happened");
    }

    // ---- tools

    private void started(Activity.ToolStarted a) {
        endedTools.remove(a.turn() + " " + a.item());
        step(Mark.NAME, "▸", a.tool(), a.effectClass() + "  " + Words.arguments(a.arguments()));
    }

    private void ended(Activity.ToolEnded a) {
        boolean again = !endedTools.add(a.turn() + " " + a.item());
        if (again && a.how().equals("recalled")) {
            return;
        }
        String how = a.how().equals("performed") ? "" : "[" + how(a.how()) + "] ";
        Mark mark = a.how().equals("unknown") ? Mark.NOTE : a.error() ? Mark.BAD : Mark.GOOD;
        String sign = a.how().equals("unknown") ? "?" : a.error() ? "✗" : "✓";
        step(mark, sign, a.tool(), how + Words.firstLine(a.text()));
    }

    private static String how(String how) {
        return switch (how) {
            case "recalled" -> "from the journal, not run again";
            case "unknown" -> "outcome unknown, not run again";
            default -> how;
        };
    }

    // ---- the turn

    private void applied(Activity.InputApplied a) {
        if (!inputs.add(a.sequence()) || typed.remove(a.text())) {
            return;
        }
        step(Mark.FAINT, "↳", "", "the model reads: " + Words.firstLine(a.text()));
    }

    private void ended(TurnOutcome outcome) {
        if (!ended.add(outcome.turn())) {
            return;
        }
        switch (outcome) {
            case TurnOutcome.Answered a -> {
                if (!wasShown(a.answer())) {
                    enter(Block.TEXT);
                    pieces.add(Piece.flow(Mark.PLAIN, a.answer().strip(), 0));
                }
                foot(Words.usage(a.usage()));
            }
            case TurnOutcome.Cancelled c ->
                step(Mark.NOTE, "✗", "cancelled", c.reason() + (c.by().isEmpty() ? "" : ", by " + c.by()));
            case TurnOutcome.BudgetExhausted b ->
                step(Mark.BAD, "✗", "stopped", "the budget is exhausted: " + b.bound());
            case TurnOutcome.Failed f -> {
                step(Mark.BAD, "✗", "failed", f.code());
                pieces.add(Piece.flow(Mark.BAD, f.message(), INDENT + 2));
                pieces.add(Piece.line(
                        Mark.FAINT,
                        f.retryable() ? "    /retry sends it again" : "    mend that, then /retry sends it again"));
            }
            case TurnOutcome.Suspended s -> {}
        }
        pieces.add(new Piece.Gap());
        block = Block.NONE;
        said.clear();
        perhapsTakenBack.clear();
        endedTools.clear();
        model = "";
    }

    private boolean wasShown(String answer) {
        return said.values().stream()
                .anyMatch(s -> s.complete && s.text.toString().strip().equals(answer.strip()));
    }

    private void foot(String usage) {
        if (!usage.isEmpty()) {
            pieces.add(new Piece.Gap());
            pieces.add(Piece.line(Mark.FAINT, "  " + (model.isEmpty() ? "" : model + " · ") + usage));
        }
    }

    /** How a turn ended that was driven where its events are not heard. */
    public List<Piece> endedElsewhere(TurnOutcome outcome) {
        ended(outcome);
        return taken();
    }

    // ---- observations

    private void gap(Observation observation) {
        step(Mark.NOTE, "…", "", "some of it passed unseen");
        said.clear();
        open(observation);
    }

    /** The open turn's items, as they stand. */
    List<Piece> observed(Observation observation) {
        open(observation);
        return taken();
    }

    private void open(Observation observation) {
        for (Observation.OpenItem item : observation.open()) {
            switch (item.kind()) {
                case "text" -> delta(item.item(), lead(item) + item.text(), Block.TEXT);
                case "reasoning" -> delta(item.item(), lead(item) + item.text(), Block.REASONING);
                default -> step(Mark.NAME, "▸", item.text(), "runs since " + item.since());
            }
        }
    }

    private static String lead(Observation.OpenItem item) {
        return item.truncated() ? "… " : "";
    }
}
