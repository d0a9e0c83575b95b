package dev.turnbuckle.langchain4j;

import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.PdfFileContent;
import dev.langchain4j.data.message.TextContent;
import dev.turnbuckle.model.Attachments;
import dev.turnbuckle.session.Part;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a user's message holds: text, and files that the model can look at or read. */
record Contents(Form form, Attachments attachments) {
    private static final Set<String> TEXTS = Set.of(
            "application/json", "application/xml", "application/yaml", "application/x-yaml", "application/javascript");

    /** Never empty: vendors take no message without content. */
    List<Content> of(List<Part> parts, String before) {
        var contents = new ArrayList<Content>();
        for (Part part : parts) {
            switch (part) {
                case Part.Text text when !text.text().isBlank() -> contents.add(TextContent.from(before + text.text()));
                case Part.AttachmentRef file -> contents.add(of(file));
                default -> {
                    // nothing that a user says
                }
            }
        }
        return contents.isEmpty() ? List.of(TextContent.from("(nothing)")) : List.copyOf(contents);
    }

    private Content of(Part.AttachmentRef file) {
        String type = file.mediaType().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (type.startsWith("text/") || TEXTS.contains(type)) {
            String text = new String(attachments.bytes(file), StandardCharsets.UTF_8);
            return TextContent.from("[file " + file.name() + "]\n" + text + "\n[end of " + file.name() + "]");
        }
        if (!form.sees(type)) {
            return TextContent.from("[file " + file.name() + ", " + file.mediaType() + ", " + file.size()
                    + " bytes: this model cannot look at such a file]");
        }
        String bytes = Base64.getEncoder().encodeToString(attachments.bytes(file));
        return type.startsWith("image/")
                ? ImageContent.from(bytes, type, ImageContent.DetailLevel.AUTO)
                : PdfFileContent.from(bytes, type);
    }
}
