package dev.turnbuckle.langchain4j;

import dev.turnbuckle.env.Environment;
import java.net.http.HttpClient;
import java.time.Duration;

/** What the calls of one model share. Thread-safe. */
record Connection(HttpClient http, CallLimits limits, Environment environment) {
    /**
     * Plain HTTP stays at 1.1: many local servers stumble over the offer to speak HTTP/2. Redirects are not followed,
     * they would carry the key elsewhere.
     */
    static Connection to(Endpoint endpoint, CallLimits limits) {
        HttpClient http = HttpClient.newBuilder()
                .connectTimeout(limits.connect())
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(
                        "https".equals(endpoint.baseUrl().getScheme())
                                ? HttpClient.Version.HTTP_2
                                : HttpClient.Version.HTTP_1_1)
                .build();
        return new Connection(http, limits, Environment.system());
    }

    long deadline() {
        return environment.nanos() + limits.whole().toNanos();
    }

    Duration until(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - environment.nanos()));
    }
}
