package dev.turnbuckle.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HoldsTest {
    private final LinkedBlockingQueue<String> reached = new LinkedBlockingQueue<>();
    private final Holds holds = new Holds(reached::add);

    @ParameterizedTest
    @ValueSource(strings = {"none", "words 9", "nth 17", "named before model/2"})
    void aMomentIsReadAsItIsWritten(String command) {
        assertThat(Holds.Moment.parse(command).command()).isEqualTo(command);
    }

    @Test
    void whoComesToTheMomentStandsStillUntilToldOtherwise() throws InterruptedException {
        holds.set(new Holds.Moment.Nth(2));
        Thread worker = Thread.ofVirtual().start(() -> {
            holds.at("before Inbox.due");
            holds.at("before model/1");
            holds.at("before Journal.record");
        });

        assertThat(reached.take()).isEqualTo("before Journal.record");
        assertThat(worker.isAlive()).isTrue();

        holds.set(new Holds.Moment.None());
        worker.join();
        assertThat(reached).isEmpty();
    }
}
