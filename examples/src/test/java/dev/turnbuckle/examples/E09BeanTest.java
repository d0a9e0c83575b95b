package dev.turnbuckle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class E09BeanTest {
    @Test
    void aMethodOfAnObjectIsAToolAndReadsTheInputsContext() {
        List<String> paid = new ArrayList<>();
        var out = new ByteArrayOutputStream();
        E09Bean.run(
                (order, cents, key) -> {
                    paid.add(order + " " + cents);
                    return "refunded";
                },
                new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8).strip()).isEqualTo("Refunded.");
        assertThat(paid).containsExactly("acme/A-17 4200");
    }
}
