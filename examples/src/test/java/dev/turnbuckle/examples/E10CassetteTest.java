package dev.turnbuckle.examples;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.testkit.Cassette;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.testkit.TestTurnbuckle;
import dev.turnbuckle.tool.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A test with the words of a real model, recorded once: it needs neither key nor network. */
class E10CassetteTest {
    // docs:cassette
    static final Path RECORDED = Path.of("src/test/cassettes/packing.json");

    @Test
    void theAdviceFollowsTheForecast() {
        Model model = Cassette.at(RECORDED).once(() -> vendor(System.getenv("KEY"))); // asked once
        try (var test = TestTurnbuckle.with(packing(model))) {
            assertThat(test.session("s-1").ask("What should I wear in Oslo?")).contains("raincoat");
        }
    }
    // docs:end

    record City(String city) {}

    static Agent packing(Model model) {
        return Agent.named("packing")
                .model(model)
                .instructions("You give short, practical advice.")
                .tool(Tool.read("weather", "Current weather in a city", City.class, c -> E01Hello.forecast(c.city())))
                .build();
    }

    /** Stands for the model of a vendor, so that this example runs for everybody. */
    static Model vendor(String key) {
        return ScriptedModel.of(calls("weather", new City("Oslo")), says("A raincoat and boots."))
                .named("vendor");
    }

    @TempDir
    Path folder;

    @Test
    void theCassetteIsWhatThisAgentWouldRecordToday() throws IOException {
        Path again = folder.resolve("packing.json");
        try (var test = TestTurnbuckle.with(packing(Cassette.at(again).recording(vendor("none"))))) {
            test.session("s-1").ask("What should I wear in Oslo?");
        }
        assertThat(Files.readString(again)).isEqualToNormalizingNewlines(Files.readString(RECORDED));
    }
}
