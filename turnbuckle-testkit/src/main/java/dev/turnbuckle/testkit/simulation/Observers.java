package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.Observation;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Message;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Checker {@code observers}: no event is missed or told twice, a gap says so, nothing is announced that is not
 * committed, and in the end everybody knows the committed history and shows nothing beside it (O5, O8, O13 to O18).
 */
final class Observers extends Checker {
    private final Chronicle chronicle;
    private final Set<Observer> all = new LinkedHashSet<>();

    Observers(Referee referee, Chronicle chronicle) {
        super("observers", referee);
        this.chronicle = chronicle;
    }

    /** An observer begins with what it is shown. */
    void begins(Observer observer, Observation observation) {
        all.add(observer);
        view(observer, observation, "was first shown");
        observer.fold.startFrom(observation);
    }

    @Override
    void observed(Observer observer, SessionEvent event) {
        Fold fold = observer.fold;
        if (event.activity() instanceof Activity.Gap gap) {
            gap(observer, gap);
            return;
        }
        Cursor before = fold.cursor;
        Cursor now = event.cursor();
        demand(
                before != null
                        && before.incarnation().equals(now.incarnation())
                        && now.position() == before.position() + 1,
                () -> observer + " was at " + value(before) + " and got " + now.value());
        fold.cursor = now;
        fold(observer, fold, event.activity());
    }

    private static String value(@org.jspecify.annotations.Nullable Cursor cursor) {
        return cursor == null ? "no cursor" : cursor.value();
    }

    private void gap(Observer observer, Activity.Gap gap) {
        Fold fold = observer.fold;
        count("gap: " + gap.reason());
        demand(
                gap.requested().equals(value(fold.cursor)),
                () -> observer + " was at " + value(fold.cursor) + ", the gap is of " + gap.requested());
        demand(
                gap.observation().view().revision() >= fold.revision,
                () -> observer + " knew revision " + fold.revision + ", the gap falls back to "
                        + gap.observation().view().revision());
        view(observer, gap.observation(), "was shown in a gap");
        fold.startFrom(gap.observation());
    }

    private void view(Observer observer, Observation observation, String how) {
        long revision = observation.view().revision();
        List<Message> shown =
                observation.view().entries().stream().map(Entry::message).toList();
        List<Message> own = chronicle.messages(observer.session, revision);
        demand(
                shown.equals(own),
                () -> observer + " " + how + " " + shown + " at revision " + revision + ", committed is " + own);
    }

    private void fold(Observer observer, Fold fold, Activity activity) {
        switch (activity) {
            case Activity.TurnStarted t -> fold.turn = new Fold.TurnFold(t.turn(), t.attempt() == 1);
            case Activity.InputApplied i -> {
                if (fold.turn != null) {
                    fold.turn.inputs.add(i.text());
                }
            }
            case Activity.TextDelta d ->
                fold.open.computeIfAbsent(d.item(), i -> new StringBuilder()).append(d.text());
            case Activity.ModelEnded m -> ended(fold, m);
            case Activity.Retracted r -> {
                count("retraction");
                r.items().forEach(fold.open::remove);
            }
            case Activity.TurnEnded t -> ended(observer, fold, t);
            case Activity.Committed c -> committed(observer, fold, c);
            case Activity.SessionEnded e -> {
                demand(deleted(observer.session), () -> observer + " was told that its session ended: " + e);
                fold.ended = true;
                count("observer told of the end of its session");
            }
            default -> {}
        }
    }

    private static void ended(Fold fold, Activity.ModelEnded model) {
        if (fold.turn != null) {
            fold.turn.whole &= model.performed();
            fold.turn.answers.add(String.valueOf(fold.open.get(model.item())));
        }
    }

    private void ended(Observer observer, Fold fold, Activity.TurnEnded ended) {
        Chronicle.Chapter chapter = chronicle.chapter(ended.turn());
        demand(
                chapter != null && ended.outcome().equals(chapter.outcome()),
                () -> observer + " was told that " + word(ended.turn()) + " ended as " + ended.outcome()
                        + ", committed is " + chapter);
        Fold.TurnFold turn = fold.turn;
        if (chapter == null || turn == null || !turn.id.equals(ended.turn()) || !turn.whole) {
            return;
        }
        count("turn folded whole from its events");
        List<String> inputs = texts(chapter, Message.Role.USER);
        demand(
                turn.inputs.equals(inputs),
                () -> observer + " saw the inputs " + turn.inputs + ", committed are " + inputs);
        List<String> answers = texts(chapter, Message.Role.ASSISTANT);
        demand(
                turn.answers.equals(answers),
                () -> observer + " saw the answers " + turn.answers + ", committed are " + answers);
    }

    private static List<String> texts(Chronicle.Chapter chapter, Message.Role role) {
        return chapter.entries().stream()
                .filter(m -> m.role() == role && !m.interrupted())
                .map(Message::text)
                .toList();
    }

    private void committed(Observer observer, Fold fold, Activity.Committed committed) {
        demand(
                committed.revision() > fold.revision && committed.revision() <= chronicle.revision(observer.session),
                () -> observer + " knew revision " + fold.revision + " and was told " + committed + ", the head is at "
                        + chronicle.revision(observer.session));
        fold.revision = committed.revision();
        fold.open.clear();
        fold.turn = null;
    }

    /** Those who do not know everything yet. */
    List<Observer> behind() {
        return all.stream().filter(o -> !converged(o)).toList();
    }

    private boolean converged(Observer observer) {
        if (deleted(observer.session)) {
            return observer.fold.ended;
        }
        return observer.fold.revision == chronicle.revision(observer.session) && observer.fold.open.isEmpty();
    }

    @Override
    void atTheEnd(Remains remains) {
        for (Observer observer : all) {
            if (deleted(observer.session)) {
                demand(observer.fold.ended, () -> observer + " was never told that its session was deleted");
                continue;
            }
            long head = chronicle.revision(observer.session);
            demand(
                    observer.fold.revision == head,
                    () -> observer + " knows revision " + observer.fold.revision + ", the head is at " + head);
            demand(
                    observer.fold.open.isEmpty(),
                    () -> observer + " still shows what was never settled or taken back: " + observer.fold.open);
        }
    }
}
