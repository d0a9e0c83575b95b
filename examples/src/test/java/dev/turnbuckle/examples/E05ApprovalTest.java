package dev.turnbuckle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class E05ApprovalTest {
    @TempDir
    Path folder;

    @Test
    void aDecisionOnAnotherNodeWakesTheTurnAndTheToolRunsOnce() {
        List<String> paid = new ArrayList<>();
        var out = new ByteArrayOutputStream();
        E05Approval.run(
                folder,
                (order, cents, key) -> {
                    paid.add(order + " " + cents);
                    return "refunded";
                },
                new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "May \"refund\" run with {\"order\":\"A-17\",\"cents\":12000}?", "120 euros are on their way.");
        assertThat(paid).containsExactly("A-17 12000");
    }
}
