package dev.turnbuckle.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A file of JSON, one value a line, that was written once and is stored in databases and sent to browsers: what is
 * written today is the same, and what was written then is read as the same values.
 */
public final class Golden {
    private Golden() {}

    /** @param values one for each line, in order */
    public static <T> void requireStable(Class<?> where, String file, Class<T> type, List<? extends T> values)
            throws IOException {
        List<String> lines = lines(where, file);
        assertThat(values.stream().map(Json::write)).as("written").containsExactlyElementsOf(lines);
        assertThat(lines.stream().map(line -> Json.read(line, type))).as("read").isEqualTo(List.copyOf(values));
    }

    /** Every case of the sealed type is among the values. */
    public static void requireEveryCase(Class<?> sealed, List<?> values) {
        assertThat(values.stream().map(Object::getClass).distinct().map(Class::getSimpleName))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(sealed.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .toList());
    }

    public static List<String> lines(Class<?> where, String file) throws IOException {
        try (var in = where.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException("no golden file " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
