package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.model.ModelFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ModelLimiterTest {
    private static final int SECONDS = 20;

    @Test
    void oneMoreCallWaitsUntilOneHasLeft() throws Exception {
        ModelLimiter limiter = ModelLimiter.requests(1);
        var entered = new CountDownLatch(1);
        ModelLimiter.Place first = limiter.enter(1);
        Thread second = Thread.ofVirtual().start(() -> enterAndLeave(limiter, 1, entered));
        Awaitility.await().until(() -> second.getState() == Thread.State.WAITING);
        assertThat(entered.getCount()).isEqualTo(1);
        assertThat(limiter.inFlight()).isEqualTo(1);

        first.close();
        first.close();

        assertThat(entered.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        second.join();
        assertThat(limiter.inFlight()).isZero();
    }

    @Test
    void tokensAreBoundedAndACallThatIsTooLargeGoesAlone() throws Exception {
        ModelLimiter limiter = ModelLimiter.requests(10).tokens(100);
        var entered = new CountDownLatch(1);
        ModelLimiter.Place small = limiter.enter(60);
        Thread large = Thread.ofVirtual().start(() -> enterAndLeave(limiter, 1_000_000, entered));
        Awaitility.await().until(() -> large.getState() == Thread.State.WAITING);
        assertThat(entered.getCount()).isEqualTo(1);

        small.close();

        assertThat(entered.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        large.join();
        limiter.enter(100).close();
    }

    @Test
    void callsEnterInTheOrderInWhichTheyCame() throws Exception {
        ModelLimiter limiter = ModelLimiter.requests(1);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        ModelLimiter.Place first = limiter.enter(1);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            Thread thread = Thread.ofVirtual().start(() -> {
                try (var place = limiter.enter(1)) {
                    order.add(number);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
            threads.add(thread);
        }
        first.close();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(order).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void anInterruptEndsTheWaitAndTakesNoPlace() throws Exception {
        ModelLimiter limiter = ModelLimiter.requests(2).tokens(10);
        ModelLimiter.Place first = limiter.enter(10);
        var entered = new CountDownLatch(1);
        Thread second = Thread.ofVirtual().start(() -> enterAndLeave(limiter, 5, entered));
        Awaitility.await().until(() -> second.getState() == Thread.State.WAITING);
        second.interrupt();
        second.join();
        first.close();

        assertThat(entered.getCount()).isEqualTo(1);
        assertThat(limiter.inFlight()).isZero();
        limiter.enter(10).close();
    }

    @Test
    void whoWouldWaitBehindTooManyIsTurnedAway() throws Exception {
        ModelLimiter limiter = ModelLimiter.requests(1).waiting(1);
        ModelLimiter.Place first = limiter.enter(1);
        var entered = new CountDownLatch(1);
        Thread second = Thread.ofVirtual().start(() -> enterAndLeave(limiter, 1, entered));
        Awaitility.await().until(() -> second.getState() == Thread.State.WAITING);

        assertThatThrownBy(() -> limiter.enter(1))
                .isInstanceOfSatisfying(
                        ModelFailure.class, f -> assertThat(f.kind()).isEqualTo(ModelFailure.Kind.RATE_LIMIT));
        first.close();
        second.join();
    }

    @Test
    void aBoundOfNothingIsRefused() {
        assertThatThrownBy(() -> ModelLimiter.requests(0)).isInstanceOf(InvalidInputException.class);
    }

    private static void enterAndLeave(ModelLimiter limiter, long tokens, CountDownLatch entered) {
        try (var place = limiter.enter(tokens)) {
            entered.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
