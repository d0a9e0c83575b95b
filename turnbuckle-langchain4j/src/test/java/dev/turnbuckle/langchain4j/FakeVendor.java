package dev.turnbuckle.langchain4j;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;

/** A vendor in this process: answers what it was told to, and remembers what it was asked. */
final class FakeVendor implements AutoCloseable {
    /** Writes one response. */
    interface Response {
        void write(HttpExchange exchange) throws IOException;
    }

    record Asked(String path, Map<String, List<String>> headers, String body) {
        JsonNode json() {
            return Json.parse(body);
        }

        String header(String name) {
            return headers.getOrDefault(name, List.of("")).getFirst();
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile Response response;

    FakeVendor(Response response) {
        this.response = response;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(new Asked(exchange.getRequestURI().toString(), Map.copyOf(exchange.getRequestHeaders()), body));
            response.write(exchange);
        }
    }

    void answers(Response next) {
        response = next;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Asked> asked() {
        return asked;
    }

    JsonNode lastBody() {
        return asked.getLast().json();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** Events of a stream, one after the other. */
    static Response events(String... data) {
        return exchange -> {
            exchange.getResponseHeaders().add("content-type", "text/event-stream; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                for (String event : data) {
                    out.write(event(event));
                    out.flush();
                }
            }
        };
    }

    /** An event of which the first word may be its name: {@code ping {…}}. */
    static byte[] event(String event) {
        int blank = event.indexOf(' ');
        boolean named = !event.startsWith("{") && !event.startsWith("[") && blank > 0;
        String text = named
                ? "event: " + event.substring(0, blank) + "\ndata: " + event.substring(blank + 1) + "\n\n"
                : "data: " + event + "\n\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Anything else. */
    static Response of(int status, String contentType, String body, String... headers) {
        return exchange -> {
            exchange.getResponseHeaders().add("content-type", contentType);
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        };
    }
}
