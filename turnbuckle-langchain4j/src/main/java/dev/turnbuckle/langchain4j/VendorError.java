package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.ModelFailure.Kind;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a vendor says went wrong, whichever of the usual shapes it has.
 *
 * @param code the vendor's words for programs (type, code, status), joined by blanks
 * @param retryDelay as in {@code "34s"}
 */
record VendorError(String code, String message, @Nullable String retryDelay) {
    /** How much of an error page a person is shown. */
    private static final int EXCERPT = 300;

    private static final int TOO_MANY = 429;

    /** Money, not speed: waiting does not help. Others talk of quota and billing when one was only too fast. */
    private static final String NO_QUOTA = "insufficient_quota";

    private static final Pattern OVERFLOW = Pattern.compile("context_length_exceeded|exceed_context_size"
            + "|maximum context length|context window|prompt is too long|input is too long"
            + "|exceed context limit|exceeds the maximum number of tokens|available context size"
            + "|request_too_large|too many tokens|reduce the length of the messages");

    private static final Pattern FILTERED = Pattern.compile("content_filter|content_policy|responsible_?ai"
            + "|content management policy|flagged as potentially violating|prohibited_content|safety_violation");

    private static final Pattern NOT_ALLOWED =
            Pattern.compile("api[_ ]key[_ ](?:invalid|not valid)|invalid[_ ]api[_ ]key"
                    + "|invalid_authentication|authentication_error|permission_error|permission_denied|unauthenticated"
                    + "|insufficient_quota|billing|credit balance is too low");

    private static final Pattern OVERLOADED = Pattern.compile("overloaded|server_error|api_error|unavailable|internal");
    private static final Pattern LIMITED = Pattern.compile("rate_limit|resource_exhausted|too_many_requests");
    private static final Pattern LATE = Pattern.compile("timeout|deadline_exceeded");
    private static final Pattern REFUSED = Pattern.compile("invalid_request|invalid_argument|not_found");

    /** @param body JSON in one of the usual shapes, or text, or a page of HTML */
    static VendorError of(String body) {
        try {
            JsonNode json = Json.parse(body);
            return of(json.isArray() && !json.isEmpty() ? json.get(0) : json);
        } catch (JacksonException e) {
            return new VendorError("", excerpt(body), null);
        }
    }

    static VendorError of(JsonNode json) {
        JsonNode error = json.path("error").isObject() ? json.path("error") : json;
        var code = new StringBuilder();
        for (String field : new String[] {"type", "code", "status"}) {
            JsonNode value = error.path(field);
            if (value.isValueNode() && !value.isNull()) {
                code.append(code.isEmpty() ? "" : " ").append(value.asString());
            }
        }
        String delay = null;
        for (JsonNode detail : error.path("details")) {
            delay = detail.has("retryDelay") ? detail.path("retryDelay").asString() : delay;
            code.append(detail.has("reason") ? " " + detail.path("reason").asString() : "");
        }
        return new VendorError(code.toString(), message(json, error), delay);
    }

    private static String message(JsonNode json, JsonNode error) {
        for (JsonNode candidate :
                new JsonNode[] {error.path("message"), json.path("error"), json.path("detail"), json.path("message")}) {
            if (candidate.isString()) {
                return excerpt(candidate.stringValue());
            }
        }
        return excerpt(json.toString());
    }

    private static String excerpt(String text) {
        String plain = text.replaceAll("(?is)<(script|style).*?</\\1>|<[^>]*>", " ")
                .replaceAll("\\s+", " ")
                .strip();
        return plain.length() <= EXCERPT ? plain : plain.substring(0, EXCERPT) + "…";
    }

    /** What a refusal with this status is. Above 500 the status says more than the words, which are of no vendor then. */
    Kind kind(int status) {
        Kind words = kind();
        if (status == TOO_MANY) {
            return code.contains(NO_QUOTA) ? Kind.AUTH : Kind.RATE_LIMIT;
        }
        return words == null || status >= 500 ? byStatus(status) : words;
    }

    private static Kind byStatus(int status) {
        return switch (status) {
            case 401, 403 -> Kind.AUTH;
            case 408, 504 -> Kind.TIMEOUT;
            case 413 -> Kind.CONTEXT_OVERFLOW;
            default -> status >= 500 ? Kind.OVERLOADED : Kind.BAD_REQUEST;
        };
    }

    /** What kind of failure the words tell of; {@code null} when they do not. */
    @Nullable Kind kind() {
        String words = (code + " " + message).toLowerCase(Locale.ROOT);
        if (OVERFLOW.matcher(words).find()) {
            return Kind.CONTEXT_OVERFLOW;
        }
        if (FILTERED.matcher(words).find()) {
            return Kind.CONTENT_FILTER;
        }
        return NOT_ALLOWED.matcher(words).find() ? Kind.AUTH : null;
    }

    /** The same for an error in mid-stream, which comes without a status. */
    Kind kindInStream() {
        Kind words = kind();
        String said = code.toLowerCase(Locale.ROOT);
        if (!said.contains(NO_QUOTA) && (LIMITED.matcher(said).find() || said.contains("429"))) {
            return Kind.RATE_LIMIT;
        }
        if (words != null) {
            return words;
        }
        if (LATE.matcher(said).find()) {
            return Kind.TIMEOUT;
        }
        if (OVERLOADED.matcher(said).find() || said.matches(".*\\b5\\d\\d\\b.*")) {
            return Kind.OVERLOADED;
        }
        return REFUSED.matcher(said).find() ? Kind.BAD_REQUEST : Kind.OTHER;
    }
}
