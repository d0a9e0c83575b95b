package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.MoveResult;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Move;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checker {@code transcript}: what was committed, entry by entry, and that it is what the script demands: each answer to
 * exactly the messages before it, each result from a body that ran or the words for one that did not.
 */
final class Chronicle extends Checker {
    /**
     * One revision.
     *
     * @param outcome of the turn; {@code null} for a change of the head outside a turn
     * @param clears history and state begin anew with it
     */
    record Chapter(long revision, TurnId turn, @Nullable TurnOutcome outcome, List<Message> entries, boolean clears) {}

    private final Map<String, List<Chapter>> sessions = new HashMap<>();
    private final Map<TurnId, Chapter> chapters = new HashMap<>();
    private final Map<String, String> sent = new HashMap<>();
    private final Map<Integer, Asked> asked = new HashMap<>();
    private final Map<Integer, Body> bodies = new HashMap<>();
    private final Referee referee;

    Chronicle(Referee referee) {
        super("transcript", referee);
        this.referee = referee;
    }

    /** A user is about to say this. */
    void said(String name, String text) {
        sent.put(name, text);
    }

    List<Message> messages(String session, long upToRevision) {
        return since(session, upToRevision).stream()
                .flatMap(c -> c.entries().stream())
                .toList();
    }

    /** What history is made of at a revision. */
    List<Chapter> since(String session, long upToRevision) {
        var since = new ArrayList<Chapter>();
        for (Chapter chapter : chapters(session)) {
            if (chapter.revision() <= upToRevision) {
                if (chapter.clears()) {
                    since.clear();
                }
                since.add(chapter);
            }
        }
        return since;
    }

    List<Chapter> chapters(String session) {
        return sessions.getOrDefault(session, List.of());
    }

    long revision(String session) {
        List<Chapter> all = chapters(session);
        return all.isEmpty() ? 0 : all.getLast().revision();
    }

    @Nullable Chapter chapter(@Nullable TurnId turn) {
        return turn == null ? null : chapters.get(turn);
    }

    @Override
    void modelAsked(Asked request) {
        asked.put(request.number, request);
    }

    @Override
    void bodyStarted(Body body) {
        bodies.put(body.number, body);
    }

    @Override
    void seen(Seen call) {
        if (call.result() instanceof Move.Done done && done.result() instanceof MoveResult.Moved(long revision)) {
            moved(call.argument(0, Move.class), revision);
        }
        if (call.result() instanceof CommitResult.Committed c && !c.repeated()) {
            Commit commit = call.argument(0, Commit.class);
            examine(commit);
            var chapter = new Chapter(
                    c.revision(),
                    commit.target().turn(),
                    commit.record().outcome(),
                    commit.history().entries(),
                    false);
            sessions.computeIfAbsent(commit.target().session(), s -> new ArrayList<>())
                    .add(chapter);
            chapters.put(chapter.turn(), chapter);
        }
    }

    private void moved(Move move, long revision) {
        boolean clears = move.clearState();
        count(clears ? "history begun anew" : "history appended to");
        sessions.computeIfAbsent(move.session(), s -> new ArrayList<>())
                .add(new Chapter(revision, move.by(), null, move.history().entries(), clears));
    }

    private void examine(Commit commit) {
        String session = commit.target().session();
        List<String> expected = new ArrayList<>();
        for (long sequence : commit.settlement().inputs()) {
            expected.add(String.valueOf(sent.get(referee.inputs.name(sequence))));
        }
        List<Message> prefix = new ArrayList<>(messages(session, Long.MAX_VALUE));
        List<String> said = new ArrayList<>();
        for (Message message : commit.history().entries()) {
            switch (message.role()) {
                case USER -> said.add(message.text());
                case ASSISTANT -> answer(commit, prefix, message);
                case TOOL -> results(commit, prefix, message);
                case RUNTIME -> demand(false, () -> "the runtime said: " + message.text());
            }
            prefix.add(message);
        }
        demand(
                said.equals(expected),
                () -> "turn " + word(commit.target().turn()) + " put " + said + " into the history, its inputs are "
                        + expected);
        sends(commit);
        ending(commit);
    }

    /** What leaves with the commit is what the bodies sent whose outcomes are recorded. */
    private void sends(Commit commit) {
        List<String> expected = commit.history().entries().stream()
                .flatMap(m -> m.parts().stream())
                .filter(p -> p instanceof Part.ToolResult r && r.content().startsWith("ok "))
                .map(p -> body(((Part.ToolResult) p).content()))
                .filter(b -> b != null && b.sent != null)
                .map(b -> String.valueOf(b == null ? null : b.sent))
                .toList();
        List<String> sent = commit.settlement().sends().stream()
                .map(s -> String.valueOf(s.key()))
                .toList();
        boolean givenUp = commit.history().entries().stream().noneMatch(m -> m.role() == Message.Role.ASSISTANT);
        demand(
                givenUp || sent.equals(expected),
                () -> "turn " + word(commit.target().turn()) + " sends " + sent + ", its bodies sent " + expected);
    }

    private @Nullable Body body(String text) {
        String number = text.substring(text.lastIndexOf(" r") + 2);
        return bodies.get(Integer.parseInt(number.replaceAll("[^0-9].*", "")));
    }

    private void answer(Commit commit, List<Message> prefix, Message message) {
        Asked request = asked.get(Script.numberOf(message.text()));
        if (request == null) {
            demand(false, () -> "an answer that no model gave: " + message);
            return;
        }
        List<Message> visible = visible(commit.target().session(), prefix);
        demand(
                request.messages.equals(visible),
                () -> request + " answered other messages than those before its answer: " + request.messages
                        + ", before it are " + visible);
        if (message.interrupted()) {
            count("partial answer kept");
            demand(
                    commit.record().outcome() instanceof TurnOutcome.Cancelled
                            && request.streamed.toString().startsWith(message.text()),
                    () -> "a partial answer that was not streamed so: " + message);
        } else {
            List<Part> demanded = Script.parts(request.number, visible);
            demand(
                    demanded.equals(message.parts()),
                    () -> "the script demands " + demanded + ", the history says " + message.parts());
        }
    }

    /** The hasty agent's model sees its newest entries, from a user's words on, and all of the turn. */
    private List<Message> visible(String session, List<Message> prefix) {
        int settled = messages(session, Long.MAX_VALUE).size();
        int from = User.agentOf(session).equals(Agents.HASTY) ? Math.max(0, settled - Agents.WINDOW) : 0;
        int first = from;
        while (first < settled && prefix.get(first).role() != Message.Role.USER) {
            first++;
        }
        if (from > 0) {
            count("history cut for the model");
        }
        return prefix.subList(first < settled ? first : from, prefix.size());
    }

    private void results(Commit commit, List<Message> prefix, Message message) {
        List<Part.ToolCall> calls =
                prefix.isEmpty() ? List.of() : prefix.getLast().toolCalls();
        List<String> called = calls.stream().map(Part.ToolCall::id).toList();
        List<Part.ToolResult> results =
                message.parts().stream().map(Part.ToolResult.class::cast).toList();
        List<String> answered = results.stream().map(Part.ToolResult::callId).toList();
        demand(called.equals(answered), () -> "the calls are " + called + ", the results are of " + answered);
        for (int i = 0; i < Math.min(calls.size(), results.size()); i++) {
            result(
                    commit,
                    Script.taskOf(calls.get(i).arguments()),
                    calls.get(i).name(),
                    results.get(i).content());
        }
    }

    private void result(Commit commit, String task, String tool, String text) {
        Errand errand = Errand.named(tool);
        boolean answeredTurn = commit.record().outcome() instanceof TurnOutcome.Answered;
        boolean right;
        if (text.startsWith("ok ") || text.contains("boom ")) {
            right = ofBody(commit, task, text);
        } else if (text.startsWith("The outcome is unknown")) {
            right = errand.once();
            count("unknown outcome: " + errand.onUnknown());
        } else if (text.startsWith("The call was not approved")) {
            right = errand.approved();
            count("call not approved");
        } else if (text.startsWith("It was not done, says ") || text.startsWith("says ")) {
            right = errand == Errand.RING;
            count("unknown outcome decided by a person");
        } else if (text.startsWith("Cancelled before") || text.startsWith("Not run: ")) {
            right = !answeredTurn;
        } else {
            right = text.contains("timeout") || text.contains("seconds") || text.contains("PT3S");
            count("call timed out");
        }
        demand(right, () -> "the result of " + tool + "(" + task + ") is \"" + text + "\"");
    }

    /** The body that says so ran for this very call and ended so. */
    private boolean ofBody(Commit commit, String task, String text) {
        Body body = body(text);
        return body != null
                && body.turn.equals(commit.target().turn())
                && body.task.equals(task)
                && body.ended != null
                && text.contains(body.ended);
    }

    private void ending(Commit commit) {
        List<Message> entries = commit.history().entries();
        switch (commit.record().outcome()) {
            case TurnOutcome.Answered a ->
                demand(
                        !entries.isEmpty()
                                && entries.getLast().role() == Message.Role.ASSISTANT
                                && entries.getLast().text().equals(a.answer()),
                        () -> "the answer is \"" + a.answer() + "\", the history ends with " + entries.getLast());
            case TurnOutcome.Failed f -> {
                count("turn failed: " + f.code());
                demand(
                        f.code().startsWith("model_")
                                || f.code().equals("unknown_outcome")
                                || f.code().equals("attempts_exhausted"),
                        () -> "a turn failed for a reason that nobody gave it: " + f);
            }
            case TurnOutcome.BudgetExhausted b ->
                demand(
                        User.agentOf(commit.target().session()).equals(Agents.HASTY)
                                && b.bound().equals("wall clock " + Agents.LIMIT),
                        () -> "a turn ended by a bound that it does not have: " + b);
            default -> {}
        }
    }

    @Override
    void atTheEnd(Remains remains) {
        remains.living().forEach((id, left) -> {
            List<Message> own = messages(id, Long.MAX_VALUE);
            List<Message> stored = left.path().stream().map(e -> e.message()).toList();
            demand(own.equals(stored), () -> "the history of " + id + " is " + stored + ", committed was " + own);
        });
    }
}
