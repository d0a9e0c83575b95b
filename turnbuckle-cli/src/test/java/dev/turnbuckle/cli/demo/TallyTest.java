package dev.turnbuckle.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.cli.demo.Effects.Line;
import dev.turnbuckle.cli.demo.Effects.What;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.session.TurnId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One turn that ran in peace, and effects files that tell other stories about it. */
class TallyTest {
    private static final String CHARGE = "model/2/tool/0";

    @TempDir
    private Path path;

    private DemoFolder folder;
    private TurnId turn;

    @BeforeEach
    void aTurnThatChargesOnce() {
        folder = new DemoFolder(path);
        var shop = new Shop(folder, Pace.NONE, () -> {});
        try (var turnbuckle = Turnbuckle.builder()
                .storage(SqliteStorage.at(folder.database()))
                .agent(shop.agent(new ShopModel(Pace.NONE, words -> {})))
                .build()) {
            var sent = turnbuckle.session(DemoFolder.SESSION).send("Charge order A-1.");
            turn = sent.id();
            assertThat(sent.await().text()).contains("Charged");
        }
    }

    private Line line(String effect, What what, boolean recorded) {
        return new Line(1, turn.value(), effect, what, recorded);
    }

    private Tally.Count count(List<TurnId> accepted, int kills, Line... lines) throws IOException {
        try (var effects = Effects.appendTo(folder.effects())) {
            List.of(lines).forEach(effects::add);
        }
        try (var storage = SqliteStorage.at(folder.database())) {
            storage.open(Environment.system());
            return Tally.count(folder, storage, accepted, kills);
        }
    }

    @Test
    void whatRanAndWhatWasRecalledIsCountedAndNothingIsBroken() throws IOException {
        Tally.Count count = count(
                List.of(turn),
                2,
                line("model/1", What.RUN, false),
                line("model/1", What.RUN, false),
                line("model/1", What.RECALLED, true),
                line(CHARGE, What.RUN, false));

        assertThat(count).isEqualTo(new Tally.Count(2, 1, 1, 0, 1, 3, 1, 0, 1, 0, 0, 1, 1, 0));
        assertThat(count.broken(2)).isEmpty();
    }

    @Test
    void aRunOfWhatTheDatabaseHeldIsBroken() throws IOException {
        Tally.Count count = count(List.of(turn), 0, line("model/1", What.RUN, true));

        assertThat(count.recordedEffectsRunAgain()).isEqualTo(1);
        assertThat(count.broken(0)).hasSize(1).first().asString().contains("recorded effects", "counted 1");
    }

    @Test
    void aRunAfterARecallIsBroken() throws IOException {
        Tally.Count count =
                count(List.of(turn), 0, line("model/1", What.RECALLED, true), line("model/1", What.RUN, false));

        assertThat(count.recordedEffectsRunAgain()).isEqualTo(1);
    }

    @Test
    void aRunOfWhatWasSettledAsUnknownIsBroken() throws IOException {
        Tally.Count count = count(List.of(turn), 0, line(CHARGE, What.UNKNOWN, true), line(CHARGE, What.RUN, false));

        assertThat(count.recordedEffectsRunAgain()).isEqualTo(1);
    }

    @Test
    void aOnceCallThatStartsTwiceIsBroken() throws IOException {
        Tally.Count count = count(List.of(turn), 0, line(CHARGE, What.RUN, false), line(CHARGE, What.RUN, false));

        assertThat(count.onceToolStarts()).isEqualTo(2);
        assertThat(count.onceToolsStartedTwice()).isEqualTo(1);
        assertThat(count.broken(0)).anyMatch(b -> b.contains("ONCE"));
    }

    @Test
    void anAcceptedInputThatNoTurnAppliedIsLost() throws IOException {
        Tally.Count count = count(List.of(turn, new TurnId("t-lost")), 0);

        assertThat(count.inputsLost()).isEqualTo(1);
        assertThat(count.broken(0)).anyMatch(b -> b.contains("inputs lost"));
    }

    @Test
    void aSecondLedgerLineOfTheSameCallIsBroken() throws IOException {
        String line = Files.readString(folder.ledger());
        Shop.append(folder.ledger(), line);

        Tally.Count count = count(List.of(turn), 0);

        assertThat(count.ledgerLines()).isEqualTo(2);
        assertThat(count.ledgerLinesTwice()).isEqualTo(1);
    }

    @Test
    void aKillThatTheSystemDoesNotConfirmIsBroken() throws IOException {
        assertThat(count(List.of(turn), 2).broken(3)).anyMatch(b -> b.contains("kill -9"));
    }
}
