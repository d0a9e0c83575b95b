package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelFailure.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Turns what can happen to a call into the failure that the turn understands, in words that hold no key. */
record Failures(Endpoint endpoint, Secrets secrets) {
    Failures(Endpoint endpoint) {
        this(endpoint, new Secrets(endpoint.key()));
    }

    ModelFailure of(Kind kind, String message) {
        return of(kind, message, null, null);
    }

    private ModelFailure of(Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        return new ModelFailure(
                kind,
                endpoint.name() + ": " + secrets.clean(message),
                retryAfter,
                cause == null ? null : secrets.clean(cause));
    }

    /** A response that is no answer. */
    ModelFailure refused(int status, HttpHeaders headers, String body, Instant now) {
        VendorError error = VendorError.of(body);
        Kind kind = error.kind(status);
        String said = "HTTP " + status + (error.message().isEmpty() ? "" : ": " + error.message());
        String stop = said.matches("(?s).*[.!?…]") ? "" : ".";
        return of(
                kind,
                said + stop + remedy(kind, status, headers),
                RetryAfter.of(headers, error.retryDelay(), now),
                null);
    }

    private String remedy(Kind kind, int status, HttpHeaders headers) {
        if (status >= 300 && status < 400) {
            return " The server sends us on to "
                    + headers.firstValue("location").orElse("nowhere") + ": set the base URL (" + endpoint.baseUrl()
                    + ") to where the API is.";
        }
        if (status == 404) {
            return " Either there is no model \"" + endpoint.model() + "\" or the base URL " + endpoint.baseUrl()
                    + " is not that of the API.";
        }
        return switch (kind) {
            case AUTH -> " Check the key" + inVariables() + " and what its account may use.";
            case CONTEXT_OVERFLOW -> " Show the model less: fewer entries, a compaction, shorter tool results.";
            default -> "";
        };
    }

    private String inVariables() {
        return endpoint.vendor().keyVariables().isEmpty() ? "" : " (" + endpoint.keyVariables() + ")";
    }

    /** The vendor gave up in the middle of the answer. */
    ModelFailure inStream(VendorError error) {
        Kind kind = error.kindInStream();
        return of(kind, "the answer broke off: " + (error.code() + " " + error.message()).strip());
    }

    ModelFailure page(String contentType) {
        return of(
                Kind.BAD_REQUEST,
                "the server at " + endpoint.baseUrl() + " answered a page (" + contentType
                        + "), not a stream of events. Set the base URL to that of the API"
                        + " (its default is " + endpoint.vendor().defaultBaseUrl()
                        + "), or log in to the proxy in between.");
    }

    ModelFailure malformed(String data) {
        String start = data.length() <= 80 ? data : data.substring(0, 80) + "…";
        return of(Kind.NETWORK, "a chunk of the answer is not JSON: " + start);
    }

    /** @param head how the bytes began: an error or a page that came as if it were an answer */
    ModelFailure cut(String contentType, String head, long bytes) {
        Optional<ObjectNode> json = Json.object(head).filter(object -> object.hasNonNull("error"));
        if (json.isPresent()) {
            return inStream(VendorError.of(json.get()));
        }
        if (head.stripLeading().startsWith("<")) {
            return page(contentType);
        }
        return of(
                Kind.NETWORK,
                "the answer ended before it was complete, after " + bytes + " bytes of "
                        + (contentType.isEmpty() ? "no content type" : contentType)
                        + (bytes == 0 ? ". Does the server at " + endpoint.baseUrl() + " stream?" : ""));
    }

    ModelFailure silent(Duration silence, boolean begun) {
        return of(
                Kind.TIMEOUT,
                begun
                        ? "nothing came for " + silence + " in the middle of the answer"
                        : "no answer for " + silence + ". A proxy that holds the stream back until it is complete"
                                + " looks like this too: let it pass text/event-stream on unbuffered, or set a longer"
                                + " idle timeout.");
    }

    ModelFailure late(Duration whole) {
        return of(Kind.TIMEOUT, "the answer was not complete after " + whole + ". Set a longer timeout.");
    }

    ModelFailure tooLong(long bytes) {
        return of(Kind.OTHER, "the answer is longer than " + bytes + " bytes. Set a higher bound for answers.");
    }

    /** What the network or LangChain4j threw. */
    ModelFailure thrown(Throwable thrown) {
        ModelFailure known = find(thrown, ModelFailure.class);
        if (known != null) {
            return known;
        }
        String host = endpoint.baseUrl().getHost();
        CertificateException untrusted = find(thrown, CertificateException.class);
        if (untrusted != null) {
            return of(Kind.NETWORK, untrusted(host, untrusted), null, thrown);
        }
        SSLException tls = find(thrown, SSLException.class);
        if (tls != null) {
            return of(
                    Kind.NETWORK,
                    "no TLS with " + host + ": " + tls.getMessage() + ". Does the base URL " + endpoint.baseUrl()
                            + " need http: or another port?",
                    null,
                    thrown);
        }
        if (find(thrown, UnresolvedAddressException.class) != null
                || find(thrown, UnknownHostException.class) != null) {
            return of(
                    Kind.NETWORK,
                    "the name " + host + " has no address. Check the base URL and the network.",
                    null,
                    thrown);
        }
        HttpConnectTimeoutException late = find(thrown, HttpConnectTimeoutException.class);
        if (late != null) {
            return of(
                    Kind.TIMEOUT,
                    "no connection to " + endpoint.baseUrl() + " in time (" + late.getMessage()
                            + "). Check the base URL, its port and whether it needs http: or https:.",
                    null,
                    thrown);
        }
        if (find(thrown, ConnectException.class) != null) {
            return of(Kind.NETWORK, "nobody listens at " + endpoint.baseUrl() + start(), null, thrown);
        }
        return thrown instanceof IOException
                ? of(Kind.NETWORK, "the connection broke: " + Causes.of(thrown).getLast(), null, thrown)
                : of(
                        Kind.BAD_REQUEST,
                        "the request could not be made: " + Causes.of(thrown).getLast(),
                        null,
                        thrown);
    }

    private static <T extends Throwable> @Nullable T find(Throwable thrown, Class<T> type) {
        return Causes.of(thrown).stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElse(null);
    }

    private static String untrusted(String host, CertificateException e) {
        return "the certificate of " + host + " is not trusted: " + e.getMessage()
                + ". Behind a proxy that opens TLS, give Java its certificate"
                + " (-Djavax.net.ssl.trustStore=…).";
    }

    private String start() {
        return endpoint.vendor().prefix().equals("ollama") ? ". Start it: ollama serve" : ". Check the base URL.";
    }
}
