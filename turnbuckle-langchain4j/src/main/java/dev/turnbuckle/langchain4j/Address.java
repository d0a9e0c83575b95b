package dev.turnbuckle.langchain4j;

import dev.turnbuckle.error.InvalidInputException;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads the address of an API as people write it. */
final class Address {
    private Address() {}

    /**
     * @param given wins over the variable, which wins over the vendor's own
     * @throws InvalidInputException when it is no address of HTTP
     */
    static URI of(Vendor vendor, @Nullable String given, @Nullable String variable) {
        if (given != null && !given.isBlank()) {
            return read(vendor, given.strip(), "the base URL");
        }
        if (variable != null && !variable.isBlank()) {
            return read(vendor, variable.strip(), vendor.baseUrlVariable());
        }
        return URI.create(vendor.defaultBaseUrl());
    }

    private static URI read(Vendor vendor, String text, String source) {
        URI own = URI.create(vendor.defaultBaseUrl());
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!web || uri.getHost() == null || uri.getQuery() != null || uri.getUserInfo() != null) {
                throw wrong(vendor, text, source);
            }
            String path = uri.getPath().replaceAll("/+$", "");
            return new URI(
                    uri.getScheme(),
                    null,
                    uri.getHost(),
                    uri.getPort(),
                    path.isEmpty() ? own.getPath() : path,
                    null,
                    null);
        } catch (URISyntaxException e) {
            throw wrong(vendor, text, source);
        }
    }

    private static InvalidInputException wrong(Vendor vendor, String text, String source) {
        return new InvalidInputException(source + " is an address such as " + vendor.defaultBaseUrl() + ", not \""
                + new Secrets(null).clean(text.replaceAll("//[^/@]*@", "//…@")) + "\"");
    }
}
