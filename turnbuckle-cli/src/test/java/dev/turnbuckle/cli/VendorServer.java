package dev.turnbuckle.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that speaks as OpenAI's chat API does, as far as one answer needs it. */
final class VendorServer implements AutoCloseable {
    private final HttpServer server;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private VendorServer(HttpServer server) {
        this.server = server;
    }

    /** Answers each request so. */
    static VendorServer answering(int status, String type, String body) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var vendor = new VendorServer(server);
        server.createContext("/", exchange -> vendor.answer(exchange, status, type, body));
        server.start();
        return vendor;
    }

    /** Streams the words as an answer, with 12 tokens in and 4 out. */
    static VendorServer saying(String... words) throws IOException {
        var stream = new StringBuilder();
        for (String word : words) {
            chunk(stream, "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"" + word + "\"}}]", "null");
        }
        chunk(stream, "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]", "null");
        chunk(stream, "[]", "{\"prompt_tokens\":12,\"completion_tokens\":4,\"total_tokens\":16}");
        return answering(
                200, "text/event-stream", stream.append("data: [DONE]\n\n").toString());
    }

    private static void chunk(StringBuilder stream, String choices, String usage) {
        stream.append(
                        "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":")
                .append(choices)
                .append(",\"usage\":")
                .append(usage)
                .append("}\n\n");
    }

    private void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        asked.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    /** Authorization and body of each request. */
    List<String> asked() {
        return asked;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
