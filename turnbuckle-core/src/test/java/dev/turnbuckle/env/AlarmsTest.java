package dev.turnbuckle.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The system's own waits, by the system's clock. */
@Timeout(30)
class AlarmsTest {
    private final Alarms alarms = new Alarms();
    private final LinkedBlockingQueue<String> rung = new LinkedBlockingQueue<>();

    private Alarms.Alarm set(String name, long millis) {
        return alarms.after(TimeUnit.MILLISECONDS.toNanos(millis), () -> rung.add(name));
    }

    private String next() throws InterruptedException {
        return rung.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void they_ring_in_the_order_of_their_times() throws InterruptedException {
        set("hour", 3_600_000);
        set("last", 90);
        set("second", 60);
        set("first", 30);
        assertThat(List.of(next(), next(), next())).containsExactly("first", "second", "last");
        assertThat(rung).isEmpty();
    }

    @Test
    void one_that_is_set_while_a_later_one_is_waited_for_rings_at_its_time() throws InterruptedException {
        set("hour", 3_600_000);
        set("first", 1);
        assertThat(next()).isEqualTo("first"); // the ringing thread has gone back to wait for the hour
        set("soon", 1);
        assertThat(next()).isEqualTo("soon");
    }

    @Test
    void one_that_is_cancelled_does_not_ring() throws InterruptedException {
        var cancelled = set("cancelled", 40);
        set("other", 80);
        alarms.cancel(cancelled);
        assertThat(next()).isEqualTo("other");
        alarms.cancel(cancelled);
        assertThat(rung).isEmpty();
    }

    @Test
    void a_time_too_far_away_for_arithmetic_is_never() throws InterruptedException {
        var never = alarms.after(Long.MAX_VALUE, () -> rung.add("never"));
        set("soon", 1);
        assertThat(next()).isEqualTo("soon");
        assertThat(never.nanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(alarms.isOver(never)).isFalse();
    }

    @Test
    void a_wait_ends_at_its_time_or_when_the_signal_is_raised() throws InterruptedException {
        var signal = Environment.system().signal();
        long seen = signal.version();
        long before = System.nanoTime();
        assertThat(signal.await(seen, Duration.ofMillis(20))).isFalse();
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(20_000_000L);
        assertThat(signal.await(seen, Duration.ZERO)).isFalse();
        Thread.ofVirtual().start(signal::raise);
        assertThat(signal.await(seen, Duration.ofSeconds(20))).isTrue();
        assertThat(signal.await(seen, Duration.ZERO)).isTrue();
    }

    @Test
    void of_many_waits_each_ends_at_its_own_time() throws InterruptedException {
        var env = Environment.system();
        var early = new AtomicInteger();
        var late = new AtomicInteger();
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            var most = Duration.ofMillis(1 + (i * 37) % 60);
            waiting.add(Thread.ofVirtual().start(() -> {
                var signal = env.signal();
                long before = System.nanoTime();
                try {
                    if (signal.await(signal.version(), most) || System.nanoTime() - before < most.toNanos()) {
                        early.incrementAndGet();
                    }
                } catch (InterruptedException e) {
                    late.incrementAndGet();
                }
            }));
        }
        for (Thread thread : waiting) {
            thread.join();
        }
        assertThat(early).hasValue(0);
        assertThat(late).hasValue(0);
    }
}
