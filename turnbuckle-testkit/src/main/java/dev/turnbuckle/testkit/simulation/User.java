package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.Session;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.session.CancelResult;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.MoveResult;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.SessionView;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Inbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Uses one session through any node: sends, steers, cancels, looks; and whatever is not answered is asked again, under
 * the same key.
 */
final class User {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final World world;
    private final String session;
    private final List<Sent> sent = new ArrayList<>();
    private int names;
    private int awaited;
    private boolean done;

    /** @param turn the id that the store gave it */
    private record Sent(Input input, String name, TurnId turn) {}

    User(World world, String session) {
        this.world = world;
        this.session = session;
    }

    static String agentOf(String session) {
        return switch (session.charAt(0)) {
            case 'a' -> Agents.PATIENT;
            case 'b' -> Agents.HASTY;
            default -> Agents.GATHERING;
        };
    }

    private enum Act {
        SEND,
        STEER,
        CANCEL,
        CANCEL_INPUT,
        SEND_AGAIN,
        SEND_OTHERWISE,
        VIEW,
        CANCEL_WAITS,
        APPEND,
        START_OVER
    }

    /** What is drawn from, without putting back. */
    private static final List<Act> ACTS = List.of(
            Act.SEND,
            Act.SEND,
            Act.SEND,
            Act.STEER,
            Act.STEER,
            Act.STEER,
            Act.CANCEL,
            Act.CANCEL,
            Act.CANCEL_INPUT,
            Act.SEND_AGAIN,
            Act.SEND_OTHERWISE,
            Act.VIEW,
            Act.CANCEL_INPUT,
            Act.CANCEL_WAITS,
            Act.CANCEL_WAITS,
            Act.APPEND,
            Act.START_OVER);

    void live() throws InterruptedException {
        var acts = new ArrayList<>(ACTS);
        send(false);
        for (int i = 1; i < world.shape.actions() && !world.over(); i++) {
            world.outside.sleep(world.dice.chance(0.5) ? world.dice.millis(0, 150) : world.dice.millis(150, 1_500));
            act(acts.remove(world.dice.below(acts.size())));
        }
        if (world.dice.chance(0.08)) {
            value("delete", PATIENCE, t -> at(t).delete());
        }
        done = true;
    }

    /** Whether it has done what it wanted, and heard of the end of all that it waits for. */
    boolean finished() {
        return done && awaited == 0;
    }

    private void act(Act act) throws InterruptedException {
        if (sent.isEmpty()) {
            return;
        }
        switch (act) {
            case SEND -> send(false);
            case STEER -> send(true);
            case CANCEL -> cancel(recent());
            case CANCEL_INPUT -> cancelInput(recent());
            case SEND_AGAIN -> again(recent());
            case SEND_OTHERWISE -> otherContent(recent());
            case VIEW -> view();
            case CANCEL_WAITS -> cancelWaits();
            case APPEND -> move("append", t -> at(t).append(conversation()));
            case START_OVER -> move("start over", t -> at(t).startOver());
        }
    }

    private Sent recent() {
        int last = sent.size() - 1;
        return sent.get(Math.max(0, last - world.dice.below(3)));
    }

    // ---- requests

    private Session at(Turnbuckle turnbuckle) {
        return turnbuckle.session(session, agentOf(session));
    }

    /** Until some node answers: a value, or a failure that no repetition changes. */
    private <T> Reply<T> insist(String what, Duration patience, Life.Body<T> body) throws InterruptedException {
        while (true) {
            var up = world.up();
            if (!up.isEmpty()) {
                Life life = world.dice.oneOf(up);
                Reply<T> reply = life.ask(what + " of " + session, patience, body);
                world.log("user-" + session, what + " through " + life.name() + ": " + reply);
                boolean again = reply instanceof Reply.Lost || (reply instanceof Reply.Failed<T> f && f.again());
                if (!again) {
                    return reply;
                }
                world.referee.count("request repeated");
            }
            world.outside.sleep(world.dice.millis(50, 400));
        }
    }

    private <T> @Nullable T value(String what, Duration patience, Life.Body<T> body) throws InterruptedException {
        Reply<T> reply = insist(what, patience, body);
        if (reply instanceof Reply.Value<T>(var value)) {
            return value;
        }
        if (reply instanceof Reply.Failed<T> f && f.sessionDeleted() && world.referee.deleted(session)) {
            return null;
        }
        world.referee.violated("clients", what + " of session " + session + " failed: " + reply);
        return null;
    }

    // ---- sending

    private void send(boolean steer) throws InterruptedException {
        Sent target = sent.isEmpty() ? null : sent.getLast();
        Input input = drawn(steer);
        TurnId turn = value(
                (steer ? "steer " : "send ") + input.key(), PATIENCE, t -> deliver(t, input, steer ? target : null));
        if (turn != null) {
            var made = new Sent(input, String.valueOf(input.key()), turn);
            sent.add(made);
            if (world.dice.chance(0.5)) {
                awaited++;
                world.start("await " + made.name(), () -> {
                    follow(made);
                    awaited--;
                });
            }
        }
    }

    private TurnId deliver(Turnbuckle turnbuckle, Input input, @Nullable Sent target) {
        return target == null
                ? at(turnbuckle).send(input).id()
                : at(turnbuckle).turn(target.turn()).steer(input).id();
    }

    private Input drawn(boolean steer) {
        names++;
        String name = session.substring(0, 1) + names;
        var groups = new ArrayList<List<Script.Call>>();
        int tasks = 0;
        for (int g = world.dice.below(steer ? 2 : 4); g > 0; g--) {
            var group = new ArrayList<Script.Call>();
            for (int c = world.dice.oneOf(1, 1, 2, 3); c > 0; c--) {
                group.add(new Script.Call(world.dice.oneOf(Errand.values()).tool(), name + "." + tasks++));
            }
            groups.add(group);
        }
        Input input = input(world, session, name, groups);
        return world.dice.chance(0.1) ? input.after(world.dice.millis(200, 3_000)) : input;
    }

    /** Inputs of one context may become one turn, so those of the gathering agent have none. */
    static Input input(World world, String session, String name, List<List<Script.Call>> groups) {
        String text = Script.input(name, groups);
        world.referee.chronicle.said(name, text);
        Input input = Input.text(text).key(name);
        return agentOf(session).equals(Agents.GATHERING) ? input : input.context("input", name);
    }

    /** The same once more: delivered twice, or by somebody who did not hear the answer. */
    private void again(Sent known) throws InterruptedException {
        TurnId turn = value("send again " + known.name(), PATIENCE, t -> deliver(t, known.input(), null));
        if (turn != null && !turn.equals(known.turn())) {
            world.referee.violated(
                    "clients", known.name() + " had the turn " + known.turn() + " and, sent again, " + turn);
        }
    }

    private void otherContent(Sent known) throws InterruptedException {
        Input other = Input.text(known.name() + ": something else").key(known.name());
        Reply<TurnId> reply = insist("send otherwise " + known.name(), PATIENCE, t -> deliver(t, other, null));
        boolean refused = reply instanceof Reply.Failed<TurnId> f
                && (f.failure() instanceof InvalidInputException || f.sessionDeleted());
        if (!refused) {
            world.referee.violated("clients", "other content under the key " + known.name() + ": " + reply);
        }
    }

    // ---- the rest

    private void cancel(Sent known) throws InterruptedException {
        CancelResult first = value("cancel " + known.name(), PATIENCE, t -> cancel(t, known, "changed my mind"));
        if (first != null && world.dice.chance(0.3)) {
            CancelResult second = value("cancel again " + known.name(), PATIENCE, t -> cancel(t, known, "really"));
            boolean forgotten = first != CancelResult.COMPLETION_WON && second == CancelResult.COMPLETION_WON;
            if (second == CancelResult.REQUESTED || forgotten) {
                world.referee.violated("clients", "two cancels of " + known.name() + ": " + first + ", " + second);
            }
        }
    }

    private CancelResult cancel(Turnbuckle turnbuckle, Sent known, String why) {
        return at(turnbuckle).turn(known.turn()).cancel(why, "user-" + session);
    }

    private void cancelInput(Sent known) throws InterruptedException {
        value(
                "cancel input " + known.name(),
                PATIENCE,
                t -> at(t).cancelInputs(List.of(new Inbox.Ref.Key(known.name()))));
    }

    private void cancelWaits() throws InterruptedException {
        value("cancel waits", PATIENCE, t -> at(t).cancelWaits("user-" + session));
    }

    /** What happened elsewhere. */
    private List<Message> conversation() {
        names++;
        String name = session.substring(0, 1) + names;
        return List.of(
                Message.user(name + ": said elsewhere"),
                Message.of(Message.Role.ASSISTANT, List.of(new Part.Text("answered elsewhere"))));
    }

    /** Asked once: nothing would tell a second request from the first. */
    private void move(String what, Life.Body<MoveResult> body) throws InterruptedException {
        var up = world.up();
        if (!up.isEmpty()) {
            Life life = world.dice.oneOf(up);
            Reply<MoveResult> reply = life.ask(what + " of " + session, PATIENCE, body);
            world.log("user-" + session, what + " through " + life.name() + ": " + reply);
        }
    }

    private void view() throws InterruptedException {
        SessionView view = value("view", PATIENCE, t -> at(t).view());
        if (view != null) {
            List<Message> shown = view.entries().stream().map(Entry::message).toList();
            List<Message> own = world.referee.chronicle.messages(session, view.revision());
            if (!shown.equals(own)) {
                world.referee.violated(
                        "clients",
                        "the view of " + session + " at revision " + view.revision() + " is " + shown
                                + ", committed is " + own);
            }
        }
    }

    // ---- the ends

    /** Everything that was sent and whose end nobody waits for yet. */
    void followAll() throws InterruptedException {
        for (Sent each : sent) {
            follow(each);
        }
    }

    private void follow(Sent known) throws InterruptedException {
        new Ending(world, session, known.turn(), known.name()).follow();
    }

    @Override
    public String toString() {
        return "user-" + session;
    }
}
