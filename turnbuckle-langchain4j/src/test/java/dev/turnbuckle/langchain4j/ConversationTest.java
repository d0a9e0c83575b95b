package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Message.Role;
import dev.turnbuckle.session.Part;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Whatever history looks like, the request is one that vendors take. */
class ConversationTest {
    private static final String OPENAI_WORD =
            "{\"choices\":[{\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}";
    private static final String[] ANTHROPIC_WORD = {
        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}", "{\"type\":\"message_stop\"}"
    };
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};

    private final FakeVendor vendor = new FakeVendor(FakeVendor.events(OPENAI_WORD));
    private final VendorModels models = VendorModels.of(Map.of("ANTHROPIC_API_KEY", "k", "GEMINI_API_KEY", "k"))
            .baseUrl(vendor.url());

    @AfterEach
    void close() {
        vendor.close();
    }

    private JsonNode openai(Message... messages) throws InterruptedException {
        return asked("openai:x", OPENAI_WORD, messages).path("messages");
    }

    private JsonNode anthropic(Message... messages) throws InterruptedException {
        vendor.answers(FakeVendor.events(ANTHROPIC_WORD));
        return asked(models.model("anthropic:x"), messages).path("messages");
    }

    private JsonNode asked(String model, String answer, Message... messages) throws InterruptedException {
        vendor.answers(FakeVendor.events(answer));
        return asked(models.model(model), messages);
    }

    private JsonNode asked(VendorModel model, Message... messages) throws InterruptedException {
        Asking.ask(
                model,
                new ModelRequest(
                        model.spec(), List.of(), List.of(messages), List.of(), null, ref -> bytes(ref.name())));
        return vendor.lastBody();
    }

    private static byte[] bytes(String name) {
        return switch (name) {
            case "a.png" -> PNG;
            case "a.pdf" -> "%PDF".getBytes(StandardCharsets.UTF_8);
            case "a.txt" -> "some text".getBytes(StandardCharsets.UTF_8);
            default -> throw new AssertionError("nobody may read " + name);
        };
    }

    private static Message call(String... ids) {
        return Message.of(
                Role.ASSISTANT,
                List.of(ids).stream()
                        .map(id -> new Part.ToolCall(id, "weather", "{}"))
                        .toList());
    }

    private static Message result(String id, String content) {
        return Message.of(Role.TOOL, List.of(new Part.ToolResult(id, "weather", content, false)));
    }

    @Test
    void aCallWithoutResultGetsOne() throws InterruptedException {
        assertThat(openai(Message.user("Hi"), call("a", "b"), result("b", "sun"), Message.user("Well?")))
                .isEqualTo(Json.parse("""
                                [{"role":"user","content":"Hi"},
                                 {"role":"assistant","tool_calls":[
                                  {"id":"a","type":"function","function":{"name":"weather","arguments":"{}"}},
                                  {"id":"b","type":"function","function":{"name":"weather","arguments":"{}"}}]},
                                 {"role":"tool","tool_call_id":"b","content":"sun"},
                                 {"role":"tool","tool_call_id":"a","content":"No result is known: the turn ended before this call did."},
                                 {"role":"user","content":"Well?"}]"""));
    }

    @Test
    void aResultWithoutCallIsLeftOut() throws InterruptedException {
        assertThat(openai(result("gone", "sun"), Message.user("Hi")))
                .isEqualTo(Json.parse("[{\"role\":\"user\",\"content\":\"Hi\"}]"));
    }

    @Test
    void idsThatComeAgainOrDoNotSuitAreReplacedInCallAndResult() throws InterruptedException {
        JsonNode messages = openai(
                Message.user("Hi"),
                call("call-0"),
                result("call-0", "one"),
                call("call-0"),
                result("call-0", "two"),
                call("fc.with:dots"),
                result("fc.with:dots", "three"));

        assertThat(messages).isEqualTo(Json.parse("""
                                [{"role":"user","content":"Hi"},
                                 {"role":"assistant","tool_calls":[{"id":"call-0","type":"function","function":{"name":"weather","arguments":"{}"}}]},
                                 {"role":"tool","tool_call_id":"call-0","content":"one"},
                                 {"role":"assistant","tool_calls":[{"id":"call_2","type":"function","function":{"name":"weather","arguments":"{}"}}]},
                                 {"role":"tool","tool_call_id":"call_2","content":"two"},
                                 {"role":"assistant","tool_calls":[{"id":"call_3","type":"function","function":{"name":"weather","arguments":"{}"}}]},
                                 {"role":"tool","tool_call_id":"call_3","content":"three"}]"""));
    }

    @Test
    void whatTheRuntimeSaysIsMarkedAndNeighboursAreJoinedWhereRolesMustAlternate() throws InterruptedException {
        Message[] messages = {Message.user("Hi"), Message.runtime("A turn was lost."), Message.user("Again")};

        assertThat(openai(messages)).isEqualTo(Json.parse("""
                                [{"role":"user","content":"Hi"},{"role":"user","content":"[runtime] A turn was lost."},
                                 {"role":"user","content":"Again"}]"""));
        assertThat(anthropic(messages)).isEqualTo(Json.parse("""
                                [{"role":"user","content":[{"type":"text","text":"Hi"},
                                 {"type":"text","text":"[runtime] A turn was lost."},{"type":"text","text":"Again"}]}]"""));
    }

    @Test
    void theUserHasTheFirstAndTheLastWord() throws InterruptedException {
        assertThat(anthropic(Message.of(Role.ASSISTANT, List.of(new Part.Text("Where was I?")))))
                .isEqualTo(Json.parse("""
                                [{"role":"user","content":[{"type":"text","text":"Go on."}]},
                                 {"role":"assistant","content":[{"type":"text","text":"Where was I?"}]},
                                 {"role":"user","content":[{"type":"text","text":"Go on."}]}]"""));
    }

    @Test
    void anAnswerThatWasCutOffSaysSo() throws InterruptedException {
        var cut = new Message(Role.ASSISTANT, List.of(new Part.Text("The capital is ")), true);

        assertThat(openai(Message.user("Hi"), cut, Message.user("Go on"))
                        .path(1)
                        .path("content")
                        .asString())
                .isEqualTo("The capital is [This answer was cut off here.]");
    }

    @Test
    void anAnswerOfNothingButThoughtsOfAnotherVendorIsLeftOut() throws InterruptedException {
        var thoughts = Message.of(
                Role.ASSISTANT,
                List.of(
                        new Part.Reasoning("Hmm", "gemini:sig"),
                        new Part.Opaque("gemini", "{\"thoughtSignature\":\"x\"}"),
                        new Part.Opaque("openai", "{\"type\":\"web_search_call\"}")));

        assertThat(anthropic(Message.user("Hi"), thoughts, Message.user("Well?")))
                .isEqualTo(Json.parse("""
                                [{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"text","text":"Well?"}]}]"""));
    }

    @Test
    void whatOneVendorSignedIsNotShownToAnother() throws InterruptedException {
        var answer = Message.of(
                Role.ASSISTANT,
                List.of(
                        new Part.Reasoning("Hmm", "anthropic:sig"),
                        new Part.Opaque("anthropic", "{\"type\":\"redacted_thinking\",\"data\":\"x\"}"),
                        new Part.Text("Hello")));
        JsonNode responses = asked(
                        "openai-responses:x",
                        "{\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[]}}",
                        Message.user("Hi"),
                        answer,
                        Message.user("Well?"))
                .path("input");

        assertThat(responses.path(1)).isEqualTo(Json.parse("""
                                {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello"}]}"""));
        assertThat(responses.size()).isEqualTo(3);
    }

    private static Message withFiles() {
        return Message.of(
                Role.USER,
                List.of(
                        new Part.Text("Look:"),
                        new Part.AttachmentRef("d1", "image/png", 4, "a.png"),
                        new Part.AttachmentRef("d2", "application/pdf", 4, "a.pdf"),
                        new Part.AttachmentRef("d3", "text/plain; charset=utf-8", 9, "a.txt"),
                        new Part.AttachmentRef("d4", "video/mp4", 99, "a.mp4")));
    }

    @Test
    void openAiSeesImagesAndDocumentsAndReadsText() throws InterruptedException {
        assertThat(openai(withFiles()).path(0).path("content")).isEqualTo(Json.parse("""
                                [{"type":"text","text":"Look:"},
                                 {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw==","detail":"auto"}},
                                 {"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERg==","filename":"pdf_file"}},
                                 {"type":"text","text":"[file a.txt]\\nsome text\\n[end of a.txt]"},
                                 {"type":"text","text":"[file a.mp4, video/mp4, 99 bytes: this model cannot look at such a file]"}]"""));
    }

    @Test
    void anthropicSeesImagesAndDocuments() throws InterruptedException {
        JsonNode content = anthropic(withFiles()).path(0).path("content");

        assertThat(content.path(1)).isEqualTo(Json.parse("""
                                {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw=="}}"""));
        assertThat(content.path(2)).isEqualTo(Json.parse("""
                                {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="}}"""));
    }

    @Test
    void geminiSeesImagesAndDocuments() throws InterruptedException {
        JsonNode parts = asked(
                        "gemini:x",
                        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"ok\"}]},\"finishReason\":\"STOP\"}]}",
                        withFiles())
                .path("contents")
                .path(0)
                .path("parts");

        assertThat(parts.path(1))
                .isEqualTo(Json.parse("{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"iVBORw==\"}}"));
        assertThat(parts.path(2))
                .isEqualTo(Json.parse("{\"inlineData\":{\"mimeType\":\"application/pdf\",\"data\":\"JVBERg==\"}}"));
    }

    @Test
    void responsesSeeImagesAndDocuments() throws InterruptedException {
        JsonNode content = asked(
                        "openai-responses:x",
                        "{\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[]}}",
                        withFiles())
                .path("input")
                .path(0)
                .path("content");

        assertThat(content.path(1).path("image_url").asString()).isEqualTo("data:image/png;base64,iVBORw==");
        assertThat(content.path(2).path("file_data").asString()).isEqualTo("data:application/pdf;base64,JVBERg==");
    }

    @Test
    void ollamaSeesImagesOnly() throws InterruptedException {
        vendor.answers(
                FakeVendor.of(200, "application/x-ndjson", "{\"message\":{\"content\":\"ok\"},\"done\":true}\n"));
        JsonNode message =
                asked(models.model("ollama:x"), withFiles()).path("messages").path(0);

        assertThat(message.path("images")).isEqualTo(Json.parse("[\"iVBORw==\"]"));
        assertThat(message.path("content").asString())
                .startsWith("Look:\n[file a.pdf, application/pdf, 4 bytes: this model cannot look at such a file]");
    }
}
