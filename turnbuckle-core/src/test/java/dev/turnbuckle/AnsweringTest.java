package dev.turnbuckle;

import static dev.turnbuckle.StubModel.call;
import static dev.turnbuckle.StubModel.calls;
import static dev.turnbuckle.StubModel.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnOutcome.Answered;
import dev.turnbuckle.session.TurnOutcome.Suspended;
import dev.turnbuckle.tool.OnUnknown;
import dev.turnbuckle.tool.Tool;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that do not fit their question, and turns that will never have one. */
@Timeout(30)
class AnsweringTest {
    record Pay(long cents) {}

    private final CountDownLatch running = new CountDownLatch(1);

    private StubModel model() {
        return new StubModel(calls(call("c-1", "pay", "{\"cents\":1}")), says("Done."));
    }

    private Turnbuckle with(MemoryStorage storage, Tool tool) {
        return Turnbuckle.builder().storage(storage).model(model()).tool(tool).build();
    }

    private static OpenWait asked(Turn turn) {
        return ((Suspended) turn.await()).waits().getFirst();
    }

    private Object hang() throws InterruptedException {
        running.countDown();
        new CountDownLatch(1).await();
        return "never";
    }

    @Test
    void anApprovalIsNotAnsweredAsIfItsOutcomeWereUnknown() {
        Tool tool = Tool.once("pay", "Pays", Pay.class, p -> "paid").needsApproval(Pay.class, p -> true);
        try (var turnbuckle = with(new MemoryStorage(), tool)) {
            Turn turn = turnbuckle.session("s").send("Pay.");
            OpenWait wait = asked(turn);
            assertThatThrownBy(() -> turnbuckle.waits().done(wait.id(), "alice", "paid"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("approve(…) or reject(…)");
            assertThatThrownBy(() -> turnbuckle.waits().approve(wait.id(), "alice", "[1]"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("one JSON object");
            assertThat(turnbuckle
                            .waits()
                            .approve(wait.id(), "alice", "{\"cents\":2}")
                            .first())
                    .isTrue();
            assertThat(turn.await()).isInstanceOf(Answered.class);
        }
    }

    @Test
    void anUnknownOutcomeIsNotApproved() throws InterruptedException {
        var storage = new MemoryStorage();
        Tool tool = Tool.once("pay", "Pays", Pay.class, p -> hang()).ifUnknown(OnUnknown.ASK_HUMAN);
        Turn begun;
        try (var first = with(storage, tool)) {
            begun = first.session("s").send("Pay.");
            running.await();
            first.closeNow();
        }
        try (var second = with(storage, tool)) {
            OpenWait wait = asked(second.session("s").turn(begun.id()));
            assertThatThrownBy(() -> second.waits().approve(wait.id(), "alice"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("done(…), notDone(…) or runAgain(…)");
            assertThat(second.waits().done(wait.id(), "alice", "paid").first()).isTrue();
        }
    }

    @Test
    void whoeverAwaitsATurnHearsThatItsSessionIsDeleted() throws InterruptedException {
        try (var turnbuckle = with(new MemoryStorage(), Tool.read("pay", "Pays", Pay.class, p -> hang()))) {
            Session session = turnbuckle.session("s");
            Turn turn = session.send("Pay.");
            Turn behind = session.send("And again.");
            running.await();
            var awaited = turn.future();
            var awaitedBehind = behind.future();
            session.delete();
            assertThatThrownBy(awaited::join).hasCauseInstanceOf(SessionDeletedException.class);
            assertThatThrownBy(awaitedBehind::join).hasCauseInstanceOf(SessionDeletedException.class);
            turnbuckle.closeNow();
        }
    }
}
