package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Usage;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VendorModelsTest {
    private static final VendorModels NOTHING_SET = VendorModels.of(Map.of());
    private static final VendorModels KEYS = VendorModels.of(Map.of(
            "OPENAI_API_KEY", "sk-test-openai-1", "ANTHROPIC_API_KEY", "sk-ant-test-1", "GEMINI_API_KEY", "gm-test-1"));

    @ParameterizedTest
    @ValueSource(strings = {"gpt-5-mini", "azure:gpt-5", "", "OpenAI:gpt-5"})
    void anUnknownPrefixIsAnsweredWithThoseThatThereAre(String name) {
        assertThatThrownBy(() -> KEYS.model(name))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("a model's name begins with openai:, openai-responses:, anthropic:, gemini:, ollama:, as in"
                        + " \"openai:gpt-5-mini\", not \"" + name + "\"");
    }

    @Test
    void aPrefixAloneNamesNoModel() {
        assertThatThrownBy(() -> KEYS.model("anthropic: "))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("names no model; write for example \"anthropic:claude-");
    }

    @ParameterizedTest
    @CsvSource({
        "openai:gpt-5-mini, OpenAI needs a key: set the environment variable OPENAI_API_KEY",
        "openai-responses:gpt-5-mini, OpenAI (responses) needs a key: set the environment variable OPENAI_API_KEY",
        "anthropic:claude-sonnet-4-6, Anthropic needs a key: set the environment variable ANTHROPIC_API_KEY",
        "gemini:gemini-2.5-flash,"
                + " Google Gemini needs a key: set the environment variable GEMINI_API_KEY or GOOGLE_API_KEY"
    })
    void aMissingKeyIsNamedByItsVariable(String name, String message) {
        assertThatThrownBy(() -> NOTHING_SET.model(name))
                .isInstanceOf(WiringException.class)
                .hasMessage(message);
    }

    @Test
    void ollamaNeedsNoKeyAndOpenAiNoneElsewhere() {
        assertThat(NOTHING_SET.model("ollama:qwen3").baseUrl()).isEqualTo(URI.create("http://localhost:11434"));
        assertThat(NOTHING_SET
                        .baseUrl("http://gateway.example:8080/openai/v1/")
                        .model("openai:local")
                        .baseUrl())
                .isEqualTo(URI.create("http://gateway.example:8080/openai/v1"));
    }

    @Test
    void theSecondVariableOfAKeyCountsWhenTheFirstIsBlank() {
        var models = VendorModels.of(Map.of("GEMINI_API_KEY", " ", "GOOGLE_API_KEY", "gm-2"));

        assertThat(models.model("gemini:gemini-2.5-flash").vendor().title()).isEqualTo("Google Gemini");
    }

    @Test
    void aKeyWithALineBreakIsRefusedWithoutShowingIt() {
        var models = VendorModels.of(Map.of("OPENAI_API_KEY", "sk-secret\nsecond"));

        assertThatThrownBy(() -> models.model("openai:gpt-5-mini"))
                .isInstanceOf(WiringException.class)
                .hasMessageContaining("OPENAI_API_KEY")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "openai:a, http://localhost:1234, http://localhost:1234/v1",
        "openai:a, http://localhost:1234/api/v3, http://localhost:1234/api/v3",
        "anthropic:a, https://gateway.example, https://gateway.example/v1",
        "gemini:a, https://gateway.example/, https://gateway.example/v1beta",
        "ollama:a, box:11434, http://box:11434"
    })
    void aPathThatIsMissingIsTheVendors(String name, String given, String used) {
        assertThat(KEYS.baseUrl(given).model(name).baseUrl()).isEqualTo(URI.create(used));
    }

    @Test
    void anAddressMayComeFromTheEnvironment() {
        var models = VendorModels.of(Map.of("OLLAMA_HOST", "0.0.0.0:9999"));

        assertThat(models.model("ollama:qwen3").baseUrl()).isEqualTo(URI.create("http://0.0.0.0:9999"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://x/v1", "http://", "http://a b", "https://h/v1?key=1", "https://u:pw@h/v1"})
    void anAddressThatIsNoneIsRefused(String address) {
        assertThatThrownBy(() -> KEYS.baseUrl(address).model("openai:a"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("the base URL is an address such as https://api.openai.com/v1, not")
                .hasMessageNotContaining("pw");
    }

    @Test
    void parametersAreReportedAsTakenOrIgnored() {
        VendorModel model = KEYS.parameters(Map.of("temperature", "0.2", "top_k", "40", "max_tokens", "100"))
                .model("openai:gpt-5-mini");

        assertThat(model.parameters())
                .isEqualTo(new ParameterReport(
                        Map.of("temperature", "temperature", "max_tokens", "max_completion_tokens"),
                        Map.of("top_k", "OpenAI has no such parameter")));
        assertThat(model.spec())
                .isEqualTo(new ModelSpec(
                        "openai:gpt-5-mini", Map.of("temperature", "0.2", "top_k", "40", "max_tokens", "100")));
    }

    @Test
    void aParameterThatNoVendorHasIsASlip() {
        assertThatThrownBy(() -> KEYS.parameter("temprature", "0.2").model("openai:gpt-5-mini"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("no vendor has a parameter \"temprature\"; there are ")
                .hasMessageContaining("temperature, thinking, thinking_budget, top_k, top_p");
    }

    @ParameterizedTest
    @CsvSource({
        "temperature, hot, a number such as 0.7",
        "temperature, NaN, a number such as 0.7",
        "max_tokens, 1.5, a whole number such as 1024",
        "parallel_tool_calls, yes, true or false"
    })
    void aValueOfTheWrongKindIsNamed(String name, String value, String form) {
        assertThatThrownBy(() -> KEYS.parameter(name, value).model("openai:gpt-5-mini"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("parameter " + name + " is " + form + ", not \"" + value + "\"");
    }

    @Test
    void vendorsSayWhatTheyNeed() {
        assertThat(VendorModels.vendors())
                .extracting(Vendor::prefix)
                .containsExactly("openai", "openai-responses", "anthropic", "gemini", "ollama");
        Vendor gemini = VendorModels.vendors().get(3);
        assertThat(gemini.keyVariables()).containsExactly("GEMINI_API_KEY", "GOOGLE_API_KEY");
        assertThat(gemini.configured(Map.of())).isFalse();
        assertThat(gemini.configured(Map.of("GOOGLE_API_KEY", "k"))).isTrue();
        assertThat(VendorModels.vendors().getLast().configured(Map.of())).isTrue();
        assertThat(VendorModels.vendors().getFirst().configured(Map.of("OPENAI_BASE_URL", "http://localhost:1")))
                .isTrue();
    }

    @Test
    void aCheckThatIsAnsweredTellsHowLongItTook() throws InterruptedException {
        try (var vendor = new FakeVendor(FakeVendor.events("""
                {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}],\
                "usage":{"prompt_tokens":9,"completion_tokens":1}}""", "[DONE]"))) {
            ModelCheck check =
                    VendorModels.check(NOTHING_SET.baseUrl(vendor.url()).model("openai:small"));

            assertThat(check).isInstanceOfSatisfying(ModelCheck.Answered.class, a -> {
                assertThat(a.latency()).isBetween(Duration.ZERO, Duration.ofSeconds(20));
                assertThat(a.usage()).isEqualTo(Usage.of(9, 1));
            });
        }
    }

    @Test
    void aCheckThatFailsIsAResult() throws InterruptedException {
        try (var vendor = new FakeVendor(FakeVendor.of(401, "application/json", """
                {"error":{"message":"Incorrect API key provided: sk-wrong123","code":"invalid_api_key"}}"""))) {
            ModelCheck check =
                    VendorModels.check(NOTHING_SET.baseUrl(vendor.url()).model("openai:small"));

            assertThat(check).isInstanceOfSatisfying(ModelCheck.Failed.class, f -> {
                assertThat(f.kind()).isEqualTo(ModelFailure.Kind.AUTH);
                assertThat(f.message())
                        .isEqualTo("openai:small: HTTP 401: Incorrect API key provided: [hidden]."
                                + " Check the key (OPENAI_API_KEY) and what its account may use.");
            });
        }
    }
}
