package dev.turnbuckle;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.AwaitInterruptedException;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.live.SessionEvent;
import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** {@link Events} for reactive readers: one task a subscription, which reads only what was asked for. */
final class EventPublisher implements Flow.Publisher<SessionEvent> {
    private static final Duration LOOK = Duration.ofMinutes(1);

    private final Environment environment;
    private final Supplier<Events> source;

    EventPublisher(Environment environment, Supplier<Events> source) {
        this.environment = environment;
        this.source = source;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super SessionEvent> subscriber) {
        var subscription = new Reading(subscriber);
        environment.start("turnbuckle-publisher", subscription::run);
    }

    private final class Reading implements Flow.Subscription {
        private final Flow.Subscriber<? super SessionEvent> subscriber;
        private final AtomicLong demand = new AtomicLong();
        private final Environment.Signal asked = environment.signal();
        private volatile boolean cancelled;
        private volatile boolean refused;

        Reading(Flow.Subscriber<? super SessionEvent> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            if (n <= 0) {
                refused = true;
            } else {
                demand.accumulateAndGet(n, (a, b) -> a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b);
            }
            asked.raise();
        }

        @Override
        public void cancel() {
            cancelled = true;
            asked.raise();
        }

        void run() {
            try (Events events = source.get()) {
                subscriber.onSubscribe(this);
                read(events);
            } catch (ClosedException e) { // the runtime's end is the stream's end
                if (!cancelled) {
                    subscriber.onComplete();
                }
            } catch (RuntimeException e) { // a reactive reader hears of it this way
                subscriber.onError(e);
            }
        }

        private void read(Events events) {
            var iterator = events.iterator();
            while (awaitDemand() && iterator.hasNext()) {
                SessionEvent event = iterator.next();
                if (cancelled) {
                    return;
                }
                demand.decrementAndGet();
                subscriber.onNext(event);
            }
            if (refused) {
                subscriber.onError(new IllegalArgumentException("request(n) needs n > 0 (Reactive Streams 3.9)"));
            } else if (!cancelled) {
                subscriber.onComplete();
            }
        }

        private boolean awaitDemand() {
            try {
                while (!cancelled && !refused) {
                    long seen = asked.version();
                    if (demand.get() > 0) {
                        return true;
                    }
                    asked.await(seen, LOOK);
                }
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AwaitInterruptedException("interrupted while waiting for demand");
            }
        }
    }
}
