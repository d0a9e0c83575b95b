package dev.turnbuckle.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.turnbuckle.error.WiringException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections of our own. The only class that names the pool: an application that brings its own needs no HikariCP. */
final class PostgresPool {
    /** Added to the statement timeout: longer than this the server is silent, not slow. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private static final String OPTIONS = "options";
    private static final String SOCKET_TIMEOUT = "socketTimeout";

    private PostgresPool() {}

    /** @param defaults of each connection, or none */
    static DataSource open(PostgresUrl url, PostgresStorage.Settings settings, @Nullable ConnectionDefaults defaults) {
        try {
            HikariConfig config = config(url, settings);
            if (defaults != null) {
                config.addDataSourceProperty(
                        OPTIONS, defaults.options(url.parameters().get(OPTIONS)));
            }
            return new HikariDataSource(config);
        } catch (NoClassDefFoundError e) {
            throw missing("com.zaxxer:HikariCP", e);
        }
    }

    /** Closed by whoever opened it. */
    static void close(DataSource pool) {
        ((HikariDataSource) pool).close();
    }

    /** One connection broke, so the others may have: those that are idle are made anew. */
    static void renew(DataSource pool) {
        var beans = ((HikariDataSource) pool).getHikariPoolMXBean();
        if (beans != null) {
            beans.softEvictConnections();
        }
    }

    static WiringException missing(String artifact, Throwable cause) {
        return new WiringException("PostgreSQL needs " + artifact
                + " on the class path, which turnbuckle-jdbc leaves to the application: add it, or hand a DataSource to "
                + "PostgresStorage.of (" + cause.getMessage() + ")");
    }

    /** How long a server may say nothing, in whole seconds: what the address says, if it does; zero is without end. */
    static Duration silence(PostgresStorage.Settings settings) {
        String theirs =
                settings.url() == null ? null : settings.url().parameters().get(SOCKET_TIMEOUT);
        try {
            return theirs == null
                    ? Duration.ofSeconds(
                            settings.timeouts().statement().plus(SILENCE).toSeconds())
                    : Duration.ofSeconds(Integer.parseInt(theirs));
        } catch (NumberFormatException e) {
            throw new WiringException("socketTimeout=" + theirs + " is no number of seconds");
        }
    }

    private static HikariConfig config(PostgresUrl url, PostgresStorage.Settings settings) {
        var config = new HikariConfig();
        config.setPoolName("turnbuckle");
        config.setDriverClassName(driver());
        config.setJdbcUrl(url.jdbc());
        config.setUsername(url.user());
        config.setPassword(url.password());
        // for lanes, for tools that write in their outcome's transaction, and one that listens
        config.setMaximumPoolSize(2 * settings.connections() + 1);
        config.setMinimumIdle(0); // what rests is kept for minutes; nothing is opened ahead
        config.setAutoCommit(true);
        config.setConnectionTimeout(settings.timeouts().connection().toMillis());
        config.setInitializationFailTimeout(-1);
        config.addDataSourceProperty("ApplicationName", "turnbuckle");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty(
                "connectTimeout",
                String.valueOf(Math.max(1, settings.timeouts().connection().toSeconds())));
        config.addDataSourceProperty(
                SOCKET_TIMEOUT, String.valueOf(silence(settings).toSeconds()));
        if (settings.pooler()) {
            config.addDataSourceProperty("prepareThreshold", "0"); // the next transaction is on another connection
        }
        url.parameters().forEach(config::addDataSourceProperty);
        return config;
    }

    private static String driver() {
        String name = "org.postgresql.Driver";
        try {
            Class.forName(name, false, PostgresPool.class.getClassLoader());
            return name;
        } catch (ClassNotFoundException e) {
            throw missing("org.postgresql:postgresql", e);
        }
    }
}
