package dev.turnbuckle.jdbc;

import dev.turnbuckle.error.WiringException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code postgres://user:password@host:port/database?schema=…&pooler=…&…}, as hosting services hand it out. What is not
 * ours goes to the driver. Never shown whole: it holds the password.
 *
 * @param parameters for the driver
 */
record PostgresUrl(
        String jdbc,
        String place,
        @Nullable String user,
        @Nullable String password,
        @Nullable String schema,
        Pooler pooler,
        Map<String, String> parameters) {

    /** What stands before the server. */
    enum Pooler {
        NONE,
        /** It gives a client one connection for as long as that stays, and takes no settings in its first message. */
        SESSION,
        /** It gives each transaction any connection. */
        TRANSACTION;

        static Pooler of(@Nullable String name) {
            return switch (name) {
                case null -> NONE;
                case "none" -> NONE;
                case "session" -> SESSION;
                case "transaction" -> TRANSACTION;
                default ->
                    throw new WiringException(
                            "pooler=" + name + " is not known: use pooler=transaction, pooler=session or pooler=none");
            };
        }
    }

    /** Names or addresses, each with a port or none. */
    private static final Pattern HOSTS = Pattern.compile("((\\[[0-9A-Fa-f:.%]+]|[^\\[\\]:,@]*)(:[0-9]+)?(,|$))*");

    static PostgresUrl parse(String url) {
        String plain = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        if (!plain.startsWith("postgres://") && !plain.startsWith("postgresql://")) {
            throw new WiringException("the address of a PostgreSQL database looks like "
                    + "postgres://user:password@host:5432/database?schema=turnbuckle; this one begins with \""
                    + plain.substring(0, Math.max(0, plain.indexOf(':'))) + "\"");
        }
        int rest = plain.indexOf("://") + 3;
        int query = plain.indexOf('?', rest);
        String address = query < 0 ? plain.substring(rest) : plain.substring(rest, query);
        int at = address.lastIndexOf('@');
        String target = address.substring(at + 1);
        String[] who = at < 0 ? new String[0] : address.substring(0, at).split(":", 2);
        var parameters = parameters(query < 0 ? "" : plain.substring(query + 1));
        String user = who.length > 0 && !who[0].isEmpty() ? decoded(who[0]) : parameters.remove("user");
        String password = who.length > 1 ? decoded(who[1]) : parameters.remove("password");
        String schema = parameters.remove("schema");
        Pooler pooler = Pooler.of(parameters.remove("pooler"));
        requirePlain(target, at, query < 0 ? "" : plain.substring(query + 1));
        String known = target.contains("/") ? target : target + "/";
        return new PostgresUrl("jdbc:postgresql://" + known, known, user, password, schema, pooler, parameters);
    }

    /** A part of a password that was taken for something else would be shown. */
    private static void requirePlain(String target, int at, String query) {
        String hosts = target.contains("/") ? target.substring(0, target.indexOf('/')) : target;
        int is = query.indexOf('=');
        boolean cut = at < 0 && (is < 0 ? query : query.substring(0, is)).contains("@");
        if (cut || !HOSTS.matcher(hosts).matches()) {
            throw new WiringException("the address of the PostgreSQL database has a host that is none: in user and "
                    + "password, what is not a letter or digit must be percent-encoded (? is written %3F, / is written "
                    + "%2F)");
        }
    }

    private static Map<String, String> parameters(String query) {
        var parameters = new LinkedHashMap<String, String>();
        for (String each : query.split("&", -1)) {
            int is = each.indexOf('=');
            if (is > 0) {
                parameters.put(decoded(each.substring(0, is)), decoded(each.substring(is + 1)));
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new WiringException("the address of the PostgreSQL database has a part that is not percent-encoded "
                    + "as it must be (a % that stands for itself is written %25)");
        }
    }

    @Override
    public String toString() {
        return "postgres://" + place;
    }
}
