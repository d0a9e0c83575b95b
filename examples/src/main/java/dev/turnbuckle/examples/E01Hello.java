package dev.turnbuckle.examples;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.says;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.tool.Tool;
import java.io.IOException;
import java.nio.file.Path;

/** A durable agent with one tool. Writes {@code agents.db} where it is started. */
public final class E01Hello {
    private E01Hello() {}

    // docs:hello
    record City(String city) {}

    static void hello(Model model) {
        try (var turnbuckle = Turnbuckle.builder()
                .storage(SqliteStorage.at(Path.of("agents.db")))
                .model(model)
                .instructions("You give short, practical advice.")
                .tool(Tool.read("weather", "Current weather in a city", City.class, c -> forecast(c.city())))
                .build()) {

            System.out.println(turnbuckle.session("user-42").ask("What should I wear in Oslo?"));
        }
    }
    // docs:end

    /** May throw what it likes: the model is told. */
    static String forecast(String city) throws IOException {
        if (city.isBlank()) {
            throw new IOException("no such city");
        }
        return city + ": 7 °C, rain";
    }

    public static void main(String[] args) {
        hello(ScriptedModel.of(calls("weather", new City("Oslo")), says("A raincoat and boots.")));
    }
}
