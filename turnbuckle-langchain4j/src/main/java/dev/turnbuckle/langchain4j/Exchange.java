package dev.turnbuckle.langchain4j;

import dev.langchain4j.exception.HttpException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One HTTP call of one model call, from the first byte to the last on the thread that asks: LangChain4j hands the
 * request to it as to any HTTP client of its own, and returns when the answer is over. Whatever ends the call stands in
 * {@link #end}; nothing runs on afterwards and the connection is let go.
 */
final class Exchange implements HttpClient, HttpClientBuilder {
    private static final String NOTHING_FOLLOWS = "[DONE]";

    private final Connection connection;
    private final Failures failures;
    private final UnaryOperator<ObjectNode> amend;
    private final Reader reader;
    private @Nullable RuntimeException failure;
    private boolean interrupted;

    Exchange(Connection connection, Failures failures, UnaryOperator<ObjectNode> amend, Reader reader) {
        this.connection = connection;
        this.failures = failures;
        this.amend = amend;
        this.reader = reader;
    }

    /** Returns when the answer is whole. */
    void end() throws InterruptedException {
        if (interrupted) {
            Thread.interrupted();
            throw new InterruptedException(
                    "interrupted while " + failures.endpoint().name() + " answered");
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** The first reason counts; the others follow from it. */
    void fail(RuntimeException reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    boolean over() {
        return interrupted || failure != null;
    }

    @Override
    public void execute(HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        long deadline = connection.deadline();
        try {
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = respond(request, deadline);
            if (response.statusCode() / 100 == 2) {
                read(response, parser, deadline);
            } else {
                refuse(response, deadline);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (IOException e) {
            stop(e, 0);
        } catch (RuntimeException e) { // the edge to the JDK's client: a header or an address it does not take
            fail(failures.thrown(e));
        }
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> respond(HttpRequest request, long deadline)
            throws IOException, InterruptedException {
        Duration left = connection.until(deadline);
        boolean idle = connection.limits().idle().compareTo(left) < 0;
        Duration patience = idle ? connection.limits().idle() : left;
        CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> response =
                connection.http().sendAsync(written(request), BodyHandlers.ofPublisher());
        try {
            return response.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new Body.Stopped(idle ? Body.Stopped.Reason.SILENT : Body.Stopped.Reason.LATE);
        } finally {
            response.cancel(true);
        }
    }

    private java.net.http.HttpRequest written(HttpRequest request) {
        ObjectNode body = Json.object(request.body()).orElseThrow();
        var builder = java.net.http.HttpRequest.newBuilder(URI.create(request.url()));
        request.headers().forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
        return builder.POST(BodyPublishers.ofString(Json.write(amend.apply(body))))
                .build();
    }

    private void refuse(HttpResponse<Flow.Publisher<List<ByteBuffer>>> response, long deadline) {
        String text;
        try (Body body =
                new Body(connection.limits(), connection.environment(), deadline, Long.MAX_VALUE, () -> false)) {
            response.body().subscribe(body);
            text = new String(body.readNBytes(CallLimits.REFUSAL_BYTES), StandardCharsets.UTF_8);
        } catch (Body.Stopped e) {
            interrupted = e.reason() == Body.Stopped.Reason.INTERRUPTED;
            text = "";
        } catch (IOException e) {
            text = ""; // the status says enough
        }
        fail(failures.refused(
                response.statusCode(),
                response.headers(),
                text,
                connection.environment().now()));
    }

    private void read(
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response, ServerSentEventParser parser, long deadline) {
        String type = response.headers().firstValue("content-type").orElse("").toLowerCase(Locale.ROOT);
        Body body = new Body(
                connection.limits(),
                connection.environment(),
                deadline,
                connection.limits().answerBytes(),
                reader::complete);
        response.body().subscribe(body);
        if (type.startsWith("text/html")) {
            body.close();
            fail(failures.page(type));
            return;
        }
        parser.parse(body, new Events(body));
        body.close();
        if (!over() && !reader.whole()) {
            fail(failures.cut(type, body.head(), body.bytes()));
        }
    }

    private void stop(IOException e, long bytes) {
        if (!(e instanceof Body.Stopped stopped)) {
            fail(failures.thrown(e));
            return;
        }
        switch (stopped.reason()) {
            case INTERRUPTED -> interrupted = true;
            case SILENT -> fail(failures.silent(connection.limits().idle(), bytes > 0));
            case LATE -> fail(failures.late(connection.limits().whole()));
            case TOO_LONG -> fail(failures.tooLong(connection.limits().answerBytes()));
        }
    }

    private final class Events implements ServerSentEventListener {
        private final Body body;

        Events(Body body) {
            this.body = body;
        }

        @Override
        public void onEvent(ServerSentEvent event, ServerSentEventContext context) {
            if (over()) {
                return;
            }
            try {
                read(event);
            } catch (RuntimeException e) { // the parser would swallow it: a failure of the vendor's, or of who listens
                fail(e);
            }
            if (over()) {
                context.parsingHandle().cancel();
            }
        }

        private void read(ServerSentEvent event) {
            String data = event.data() == null ? "" : event.data().strip();
            if (data.equals(NOTHING_FOLLOWS)) {
                reader.done();
            } else if (!data.isEmpty()) {
                Optional<ObjectNode> json = Json.object(data);
                reader.read(event.event(), json.orElseThrow(() -> failures.malformed(data)));
            }
        }

        @Override
        public void onError(Throwable error) {
            stop(error instanceof IOException io ? io : new IOException(error), body.bytes());
        }
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) throws HttpException {
        throw new IllegalStateException("answers are streamed");
    }

    @Override
    public Duration connectTimeout() {
        return connection.limits().connect();
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration timeout) {
        return this;
    }

    @Override
    public Duration readTimeout() {
        return connection.limits().idle();
    }

    @Override
    public HttpClientBuilder readTimeout(Duration timeout) {
        return this;
    }

    @Override
    public HttpClient build() {
        return this;
    }
}
