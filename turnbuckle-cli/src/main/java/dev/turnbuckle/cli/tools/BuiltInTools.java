package dev.turnbuckle.cli.tools;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.tool.Describe;
import dev.turnbuckle.tool.Tool;
import dev.turnbuckle.tool.ToolContext;
import dev.turnbuckle.tool.ToolResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tools of {@code turnbuckle chat}, and of {@code turnbuckle run} when they are named. */
public final class BuiltInTools {
    /** Name of the input's context value that says below which folder files are read and written. */
    public static final String FOLDER = "folder";

    private static final int LINES = 2_000;
    private static final int DEPTH = 3;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEEE, yyyy-MM-dd HH:mm:ss XXX '['VV']'", Locale.ROOT);

    record When(
            @Describe("Time zone, as in Europe/Oslo; the user's own when left out") @Nullable String zone) {}

    record Sum(
            @Describe("As in (1340 * 0.12) / 3; has + - * / % ^, sqrt, abs, round(x, digits), min, max")
            String expression) {}

    record File(
            @Describe("Path below the current folder") String path,
            @Describe("First line, from 1") @Nullable Integer from,
            @Describe("How many lines at most") @Nullable Integer lines) {}

    record Files(
            @Describe("Folder below the current one; the current one when left out") @Nullable String path,

            @Describe("How many levels of folders") @Nullable Integer depth) {}

    record Writing(
            @Describe("Path below the current folder") String path,
            @Describe("The whole file") String content) {}

    private BuiltInTools() {}

    public static List<Tool> all() {
        return List.of(time(), calculator(), readFile(), listFiles(), writeFile());
    }

    /**
     * @param names separated by commas; {@code all} for all
     * @throws InvalidInputException for a name that is none, naming those that are
     */
    public static List<Tool> named(String names) {
        if (names.equals("all")) {
            return all();
        }
        return Arrays.stream(names.split(","))
                .map(String::strip)
                .map(BuiltInTools::one)
                .toList();
    }

    private static Tool one(String name) {
        return all().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("there is no tool \"" + name + "\"; there are all, "
                        + all().stream().map(Tool::name).collect(Collectors.joining(", "))));
    }

    /** What is wrong with a call is an answer to the model, in words without a class name. */
    private interface Body {
        String answer() throws IOException;

        static ToolResult result(Body body) throws IOException {
            try {
                return ToolResult.of(body.answer());
            } catch (InvalidInputException e) {
                return ToolResult.error(String.valueOf(e.getMessage()));
            }
        }
    }

    static Tool time() {
        return Tool.read(
                "time",
                "The date and the time now",
                When.class,
                (when, context) -> Body.result(() -> time(when, context)));
    }

    private static String time(When when, ToolContext context) {
        try {
            ZoneId zone =
                    when.zone() == null || when.zone().isBlank() ? ZoneId.systemDefault() : ZoneId.of(when.zone());
            return TIME.format(context.now().atZone(zone));
        } catch (DateTimeException e) {
            throw new InvalidInputException(
                    "\"" + when.zone() + "\" is no time zone; they look like Europe/Oslo or UTC");
        }
    }

    static Tool calculator() {
        return Tool.read(
                "calculator",
                "Calculates with exact decimals",
                Sum.class,
                s -> Body.result(() -> Calculator.result(s.expression())));
    }

    /** What is hidden (a name with a dot in front) is read only when a person agrees: keys are kept in such files. */
    static Tool readFile() {
        return Tool.read(
                        "read_file",
                        "Reads a text file of the current folder or below",
                        File.class,
                        (file, context) -> Body.result(() -> folder(context)
                                .read(
                                        file.path(),
                                        file.from() == null ? 1 : file.from(),
                                        file.lines() == null ? LINES : file.lines())))
                .needsApproval(File.class, file -> Folder.isHidden(file.path()));
    }

    static Tool listFiles() {
        return Tool.read(
                "list_files",
                "Lists the files of the current folder and below, with their sizes in bytes",
                Files.class,
                (files, context) -> Body.result(() -> folder(context)
                        .list(
                                files.path() == null ? "" : files.path(),
                                files.depth() == null ? DEPTH : files.depth())));
    }

    /**
     * {@code ONCE}, though writing the same bytes again looks harmless: a person agreed to one write, at one moment. A
     * turn that was killed goes on perhaps days later, and a write that then ran by itself would go over what was edited
     * meanwhile. So a write whose outcome a crash took is not repeated: the model is told, reads the file, which is there
     * whole or not at all, and asks again if it must.
     */
    static Tool writeFile() {
        return Tool.once(
                        "write_file",
                        "Writes a text file of the current folder or below, whole; the user is asked first",
                        Writing.class,
                        (writing, context) ->
                                Body.result(() -> folder(context).write(writing.path(), writing.content())))
                .needsApproval(Writing.class, writing -> true);
    }

    /** The folder in which the input was typed, wherever this runs now. */
    private static Folder folder(ToolContext context) throws IOException {
        return Folder.at(Path.of(context.context(FOLDER).orElse("")).toAbsolutePath());
    }
}
