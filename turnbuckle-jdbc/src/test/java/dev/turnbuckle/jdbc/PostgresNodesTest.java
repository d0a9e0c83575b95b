package dev.turnbuckle.jdbc;

import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Events;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.Observation;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.testkit.ScriptedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several runtimes on one schema: a session that runs on one node is watched on another. */
@Timeout(120)
class PostgresNodesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration A_WHILE = Duration.ofMillis(500);

    private final String schema = PostgresServer.emptyTables();
    private final FaultySource faults = new FaultySource();
    private final List<Turnbuckle> nodes = new ArrayList<>();

    private Turnbuckle node(UnaryOperator<PostgresStorage.Builder> storing, UnaryOperator<Turnbuckle.Builder> options) {
        PostgresStorage storage = storing.apply(
                        PostgresStorage.builder(PostgresServer.url(schema)).connections(4))
                .build();
        Turnbuckle node = options.apply(Turnbuckle.builder()
                        .storage(storage)
                        .liveReplay(PostgresLiveReplay.beside(storage))
                        .leaseTtl(Duration.ofSeconds(1)))
                .build();
        nodes.add(node);
        return node;
    }

    private Turnbuckle worker(Model model) {
        return node(UnaryOperator.identity(), b -> b.model(model));
    }

    private Turnbuckle observer() {
        return node(UnaryOperator.identity(), b -> b.remoteAgent("default"));
    }

    @AfterEach
    void close() {
        nodes.forEach(Turnbuckle::close);
        PostgresServer.giveBack(schema);
    }

    @Test
    void q18_aLongValueOfTheContextIsAShareLikeAnyOther() {
        Turnbuckle node = node(
                UnaryOperator.identity(),
                b -> b.model(ScriptedModel.of(says("One."))).fairBy("tenant"));
        String tenant = new Random(1)
                .ints(4_000, '!', '~')
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        assertThat(node.session("s")
                        .send(Input.text("Hello").context("tenant", tenant))
                        .await()
                        .text())
                .isEqualTo("One.");
    }

    private static List<SessionEvent> until(Events events, Class<? extends Activity> last) {
        var read = new ArrayList<SessionEvent>();
        while (read.isEmpty() || !last.isInstance(read.getLast().activity())) {
            read.add(events.next(PATIENCE).orElseThrow(() -> new AssertionError("nothing more after " + read)));
        }
        return read;
    }

    private static String textOf(List<SessionEvent> events) {
        return events.stream()
                .map(SessionEvent::activity)
                .filter(Activity.TextDelta.class::isInstance)
                .map(a -> ((Activity.TextDelta) a).text())
                .collect(Collectors.joining());
    }

    private static List<String> typesOf(List<SessionEvent> events) {
        return events.stream()
                .filter(e -> !(e.activity() instanceof Activity.TextDelta))
                .map(SessionEvent::type)
                .toList();
    }

    @Test
    void o12_aTurnIsWatchedLiveOnANodeThatDoesNotDriveIt() {
        Turnbuckle a = worker(ScriptedModel.of(says("Take an umbrella and a scarf.")));
        Turnbuckle b = observer();
        Observation start = b.session("s").observe();
        try (Events atB = b.session("s").events(start.cursor())) {
            a.session("s").send("What should I wear?").await();
            List<SessionEvent> seen = until(atB, Activity.Committed.class);
            assertThat(textOf(seen)).isEqualTo("Take an umbrella and a scarf.");
            assertThat(typesOf(seen))
                    .containsExactly(
                            "inbox_changed",
                            "turn_started",
                            "input_applied",
                            "model_started",
                            "model_ended",
                            "turn_ended",
                            "committed");
            assertThat(seen.getLast().activity()).isEqualTo(new Activity.Committed(1, 2));
            assertThat(atB.next(A_WHILE)).as("a commit is told once").isEmpty();
        }
    }

    @Test
    void o12_aCursorOfOneNodeGoesOnAtAnother() {
        Turnbuckle a = worker(ScriptedModel.of(says("one two three four"), says("five")));
        Turnbuckle b = observer();
        Cursor start = a.session("s").observe().cursor();
        a.session("s").send("Count").await();
        List<SessionEvent> all;
        try (Events events = a.session("s").events(start)) {
            all = until(events, Activity.Committed.class);
        }
        Cursor third = Cursor.parse(all.get(2).cursor().value());
        try (Events events = b.session("s").events(third)) {
            assertThat(until(events, Activity.Committed.class)).isEqualTo(all.subList(3, all.size()));
            a.session("s").send("On").await();
            assertThat(textOf(until(events, Activity.Committed.class))).isEqualTo("five");
        }
    }

    @Test
    void o17_aTurnSentHereAndDrivenElsewhereEndsForWhoWatchesIt() {
        worker(ScriptedModel.of(says("Done.")));
        Turnbuckle b = observer();
        var seen = new ArrayList<SessionEvent>();
        try (Events events = b.session("s").send("Do it").events()) {
            events.forEach(seen::add);
        }
        assertThat(typesOf(seen)).endsWith("turn_ended");
        assertThat(textOf(seen)).isEqualTo("Done.");
    }

    /** Streams two words and hangs until it is told to go on. */
    private static final class Hanging implements Model {
        final CountDownLatch shown = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public ModelSpec spec() {
            return ModelSpec.named("scripted");
        }

        @Override
        public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
            events.accept(new ModelEvent.TextDelta("one "));
            events.accept(new ModelEvent.TextDelta("two "));
            shown.countDown();
            goOn.await();
            events.accept(new ModelEvent.TextDelta("zombie"));
            var parts = List.<Part>of(new Part.Text("one two zombie"));
            events.accept(new ModelEvent.Completed(parts, Usage.NONE, "stop"));
        }
    }

    @Test
    void o18_aNodeThatIsCutOffInMidStreamIsTakenBackByItsSuccessorAndShowsNothingMore() throws InterruptedException {
        var hanging = new Hanging();
        Turnbuckle a = node(s -> s.around(faults::around), t -> t.model(hanging));
        Turnbuckle b = observer();
        Cursor start = b.session("s").observe().cursor();
        try (Events atB = b.session("s").events(start)) {
            a.session("s").send("Count");
            hanging.shown.await();
            List<SessionEvent> before = new ArrayList<>();
            while (!textOf(before).equals("one two ")) {
                before.add(atB.next(PATIENCE).orElseThrow());
            }
            assertThat(b.session("s").observe().open())
                    .extracting(i -> i.text())
                    .containsExactly("one two ");
            faults.goAway();
            worker(ScriptedModel.of(says("one two three")));
            List<SessionEvent> after = until(atB, Activity.Committed.class);
            assertThat(typesOf(after).getFirst()).isEqualTo("retracted");
            assertThat(textOf(after)).isEqualTo("one two three");
            assertThat(typesOf(after))
                    .containsExactly(
                            "retracted",
                            "turn_started",
                            "input_applied",
                            "model_started",
                            "model_ended",
                            "turn_ended",
                            "committed");
            faults.comeBack();
            hanging.goOn.countDown();
            a.close(); // it finds that its lease is gone, and stores what it had to say
            assertThat(atB.next(A_WHILE)).isEmpty();
        }
        assertThat(b.session("s").view().entries())
                .extracting(Entry::message)
                .extracting(m -> m.text())
                .containsExactly("Count", "one two three");
    }

    @Test
    void o11_aDeletedSessionEndsForItsObserversOnEveryNodeOnce() {
        Turnbuckle a = worker(ScriptedModel.of(says("Hi.")));
        Turnbuckle b = observer();
        a.session("s").send("Hello").await();
        Cursor start = b.session("s").observe().cursor();
        try (Events atB = b.session("s").events(start);
                Events again = b.session("s").events(start)) {
            a.session("s").delete();
            assertThat(typesOf(until(atB, Activity.SessionEnded.class))).containsExactly("session_ended");
            assertThat(typesOf(until(again, Activity.SessionEnded.class))).containsExactly("session_ended");
        }
    }
}
