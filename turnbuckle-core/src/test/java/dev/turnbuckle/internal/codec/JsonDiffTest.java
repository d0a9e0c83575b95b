package dev.turnbuckle.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonDiffTest {
    private static List<String> diff(String recorded, String now) {
        return JsonDiff.of(Json.parse(recorded), Json.parse(now));
    }

    @Test
    void j02_theFirstPathsThatDifferAreNamedWithBothValues() {
        assertThat(diff("{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"b\":3,\"c\":2}}"))
                .containsExactly("/a/b: recorded 1, now 3");
        assertThat(diff("{\"a\":[1,2]}", "{\"a\":[1,2,3],\"z\":null}"))
                .containsExactly("/a/2: recorded nothing, now 3", "/z: recorded nothing, now null");
        assertThat(diff("1", "\"1\"")).containsExactly("/: recorded 1, now \"1\"");
        assertThat(diff("{\"a\":1}", "{\"a\":1}")).isEmpty();
    }

    @Test
    void j02_noMoreThanFivePathsAndNoLongValues() {
        assertThat(diff("[1,2,3,4,5,6,7]", "[0,0,0,0,0,0,0]")).hasSize(5);
        assertThat(diff("\"a\"", "\"" + "b".repeat(1_000) + "\"").getFirst()).hasSizeLessThan(200);
    }
}
