package dev.turnbuckle.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void s12_canonicalJsonSortsNamesAndDropsSpace() {
        assertThat(Json.canonical("{ \"b\" : [ 1 , true , null ] , \"a\" : \"x\" }"))
                .isEqualTo("{\"a\":\"x\",\"b\":[1,true,null]}");
        assertThat(Json.canonical("{\"\u20ac\":1,\"\\r\":2,\"1\":3,\"\ud83d\ude02\":4}"))
                .isEqualTo("{\"\\r\":2,\"1\":3,\"\u20ac\":1,\"\ud83d\ude02\":4}");
    }

    @Test
    void s12_numbersHaveOneForm() {
        assertThat(Json.canonical("[1.0, 1e2, 0.1, -0, 4.50, 1E30, 0.000001, 1e-7]"))
                .isEqualTo("[1,100,0.1,0,4.5,1e+30,0.000001,1e-7]");
    }

    @Test
    void s12_integersUpTo2To53AreExactAndBeyondRefusedByTheirPath() {
        assertThat(Json.canonical("[9007199254740992,-9007199254740992]"))
                .isEqualTo("[9007199254740992,-9007199254740992]");
        for (String beyond : List.of("9007199254740993", "-9007199254740993", "123456789012345678901234567890")) {
            assertThatThrownBy(() -> Json.canonical("{\"a\":[{\"b\":" + beyond + "}]}"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContainingAll(beyond, "/a/0/b", "text");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999", "[-1e400]"})
    void s12_numbersThatAreNotFiniteAreRefused(String json) {
        assertThatThrownBy(() -> Json.canonical(json)).isInstanceOf(InvalidInputException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"a\":1} {}", "nothing", "{\"a\":1,}", "'a'"})
    void whatIsNotOneJsonValueIsRefused(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("not valid JSON");
    }

    @Test
    void nothingAtAllIsNotOneJsonValue() {
        assertThatThrownBy(() -> Json.parse("")).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aFieldOfANewerProgramIsIgnored() {
        String json =
                "{\"role\":\"USER\",\"parts\":[{\"type\":\"text\",\"text\":\"a\",\"colour\":\"red\"}],\"new\":[1]}";
        assertThat(Json.read(json, Message.class)).isEqualTo(Message.user("a"));
    }

    @Test
    void aUsersValueKnowsNothingOfTheLibrarysTypes() {
        record Animal(String type, String name) {}
        assertThat(Json.writeUser(new Animal("dog", "Rex"))).isEqualTo("{\"type\":\"dog\",\"name\":\"Rex\"}");
        assertThat(Json.<Animal>readUser("{\"type\":\"dog\",\"name\":\"Rex\"}", Animal.class))
                .isEqualTo(new Animal("dog", "Rex"));
    }

    @Test
    void aUsersValueThatDoesNotFitSaysWhat() {
        record Refund(String order, long cents) {}
        assertThatThrownBy(() -> Json.<Refund>readUser("{\"order\":\"A\",\"cents\":\"many\"}", Refund.class))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Refund");
    }

    @Test
    void argumentsOfACallAreKeptAsTheModelWroteThem() {
        var call = new Part.ToolCall("c", "t", "{ \"n\": 1.0 }");
        assertThat(Json.read(Json.write(call), Part.class)).isEqualTo(call);
    }
}
