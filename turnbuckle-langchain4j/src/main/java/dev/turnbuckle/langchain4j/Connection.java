package dev.turnbuckle.langchain4j;

import dev.turnbuckle.env.Environment;
import java.net.http.HttpClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the calls of one model share. Thread-safe. */
final class Connection {
    private final Endpoint endpoint;
    private final CallLimits limits;
    private final Environment environment = Environment.system();
    private @Nullable HttpClient http;

    Connection(Endpoint endpoint, CallLimits limits) {
        this.endpoint = endpoint;
        this.limits = limits;
    }

    CallLimits limits() {
        return limits;
    }

    Environment environment() {
        return environment;
    }

    /**
     * Made for the first call: it reads the machine's certificates and starts a thread, and not every model that is made
     * is asked. Plain HTTP stays at 1.1, since many local servers stumble over the offer to speak HTTP/2. Redirects are
     * not followed, they would carry the key elsewhere.
     */
    synchronized HttpClient http() {
        if (http == null) {
            http = HttpClient.newBuilder()
                    .connectTimeout(limits.connect())
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .version(
                            "https".equals(endpoint.baseUrl().getScheme())
                                    ? HttpClient.Version.HTTP_2
                                    : HttpClient.Version.HTTP_1_1)
                    .build();
        }
        return http;
    }

    long deadline() {
        return environment.nanos() + limits.whole().toNanos();
    }

    Duration until(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - environment.nanos()));
    }
}
