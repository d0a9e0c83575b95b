package dev.turnbuckle.langchain4j;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelFailure.Kind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a foreign model threw, as the failure that the turn understands. LangChain4j keeps no header: no retry-after. */
final class ForeignFailure {
    private static final Secrets SECRETS = new Secrets(null);

    private ForeignFailure() {}

    static ModelFailure of(String model, Throwable thrown) {
        HttpException http = null;
        Kind kind = null;
        for (Throwable t : Causes.of(thrown)) {
            if (t instanceof ModelFailure failure) {
                return failure;
            }
            http = t instanceof HttpException e ? e : http;
            kind = kind == null ? kind(t) : kind;
        }
        String said = http == null ? String.valueOf(thrown.getMessage()) : http.getMessage();
        VendorError error = VendorError.of(said == null ? "" : said);
        Kind words = error.kind();
        if (http != null) {
            kind = error.kind(http.statusCode());
        }
        String status = http == null ? "" : "HTTP " + http.statusCode() + ": ";
        return new ModelFailure(
                kind != null ? kind : words != null ? words : Kind.OTHER,
                SECRETS.clean(model + ": " + status + error.message()),
                null,
                SECRETS.clean(thrown));
    }

    private static @Nullable Kind kind(Throwable thrown) {
        return switch (thrown) {
            case RateLimitException e -> Kind.RATE_LIMIT;
            case AuthenticationException e -> Kind.AUTH;
            case ContentFilteredException e -> Kind.CONTENT_FILTER;
            case InvalidRequestException e -> Kind.BAD_REQUEST;
            case ModelNotFoundException e -> Kind.BAD_REQUEST;
            case UnsupportedFeatureException e -> Kind.BAD_REQUEST;
            case TimeoutException e -> Kind.TIMEOUT;
            case InternalServerException e -> Kind.OVERLOADED;
            case UnresolvedModelServerException e -> Kind.NETWORK;
            case IOException e -> Kind.NETWORK;
            default -> null;
        };
    }
}
