package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.session.Message;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A turn that is cancelled interrupts the thread that asks. */
class CancelTest {
    private static final String PIECE = "{\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}";
    private static final int SECONDS = 20;

    @Test
    void anInterruptClosesTheConnectionAndNothingIsEmittedAfterwards() throws Exception {
        var begun = new CountDownLatch(1);
        var gone = new CountDownLatch(1);
        var events = new CopyOnWriteArrayList<ModelEvent>();
        var end = new AtomicReference<Throwable>();
        try (var vendor = new FakeVendor(exchange -> {
            exchange.getResponseHeaders().add("content-type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            try {
                while (true) {
                    exchange.getResponseBody().write(FakeVendor.event(PIECE));
                    exchange.getResponseBody().flush();
                }
            } catch (IOException e) {
                gone.countDown();
            }
        })) {
            VendorModel model = VendorModels.of(Map.of()).baseUrl(vendor.url()).model("openai:small");
            Thread asker = ask(
                    model,
                    event -> {
                        events.add(event);
                        begun.countDown();
                    },
                    end);
            assertThat(begun.await(SECONDS, TimeUnit.SECONDS)).isTrue();
            asker.interrupt();

            assertThat(asker.join(java.time.Duration.ofSeconds(SECONDS))).isTrue();
            int emitted = events.size();
            assertThat(gone.await(SECONDS, TimeUnit.SECONDS))
                    .as("the vendor sees the connection end")
                    .isTrue();
            assertThat(end.get()).isInstanceOf(InterruptedException.class);
            assertThat(events).hasSize(emitted).allMatch(e -> e instanceof ModelEvent.TextDelta);
        }
    }

    @Test
    void anInterruptBeforeTheFirstByteEndsTheCallToo() throws Exception {
        var asked = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        var end = new AtomicReference<Throwable>();
        try (var vendor = new FakeVendor(exchange -> {
            asked.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })) {
            VendorModel model = VendorModels.of(Map.of()).baseUrl(vendor.url()).model("openai:small");
            Thread asker = ask(model, event -> {}, end);
            assertThat(asked.await(SECONDS, TimeUnit.SECONDS)).isTrue();
            asker.interrupt();

            assertThat(asker.join(java.time.Duration.ofSeconds(SECONDS))).isTrue();
            assertThat(end.get()).isInstanceOf(InterruptedException.class);
        } finally {
            never.countDown();
        }
    }

    @Test
    void aListenerThatThrowsIsHeardAndEndsTheCall() throws Exception {
        var end = new AtomicReference<Throwable>();
        try (var vendor = new FakeVendor(FakeVendor.events(PIECE, PIECE, PIECE))) {
            VendorModel model = VendorModels.of(Map.of()).baseUrl(vendor.url()).model("openai:small");
            Thread asker = ask(
                    model,
                    event -> {
                        throw new IllegalStateException("stop here");
                    },
                    end);

            assertThat(asker.join(java.time.Duration.ofSeconds(SECONDS))).isTrue();
            assertThat(end.get()).isInstanceOf(IllegalStateException.class).hasMessage("stop here");
        }
    }

    private static Thread ask(
            VendorModel model, java.util.function.Consumer<ModelEvent> events, AtomicReference<Throwable> end) {
        return Thread.ofVirtual().start(() -> {
            try {
                model.stream(
                        new ModelRequest(model.spec(), List.of(), List.of(Message.user("Hi")), List.of(), null),
                        events);
            } catch (InterruptedException | RuntimeException e) {
                end.set(e);
            }
        });
    }
}
