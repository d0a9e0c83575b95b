package dev.turnbuckle.langchain4j;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a vendor asks us to wait: in a header, as seconds or as a date, or in the body (Gemini). */
final class RetryAfter {
    private static final Pattern SECONDS = Pattern.compile("\\s*(\\d{1,9}(?:\\.\\d{1,9})?)\\s*s?\\s*");

    private RetryAfter() {}

    /**
     * @param delay what the body says; wins over nothing, loses against a header
     * @param now used when the response does not say when it was sent
     */
    static @Nullable Duration of(HttpHeaders headers, @Nullable String delay, Instant now) {
        Optional<String> millis = headers.firstValue("retry-after-ms");
        if (millis.isPresent()) {
            Duration thousandth = seconds(millis.get());
            return thousandth == null ? null : thousandth.dividedBy(1000);
        }
        Optional<String> header = headers.firstValue("retry-after");
        if (header.isPresent()) {
            Duration seconds = seconds(header.get());
            return seconds != null ? seconds : until(header.get(), headers, now);
        }
        return delay == null ? null : seconds(delay);
    }

    private static @Nullable Duration seconds(String text) {
        Matcher number = SECONDS.matcher(text.toLowerCase(Locale.ROOT));
        return number.matches() ? Duration.ofMillis(Math.round(Double.parseDouble(number.group(1)) * 1000)) : null;
    }

    /** The vendor's clock against itself, where it can be read. */
    private static @Nullable Duration until(String date, HttpHeaders headers, Instant now) {
        Instant then = instant(date);
        if (then == null) {
            return null;
        }
        Instant sent = headers.firstValue("date").map(RetryAfter::instant).orElse(null);
        Duration wait = Duration.between(sent == null ? now : sent, then);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private static @Nullable Instant instant(String date) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date.strip()));
        } catch (DateTimeException e) {
            return null;
        }
    }
}
