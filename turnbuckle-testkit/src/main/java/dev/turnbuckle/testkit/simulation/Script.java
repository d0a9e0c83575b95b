package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the model says, as a function of the messages alone. An input says what is to be done, in groups that are called
 * at the same time: {@code a1: look(a1.0) book(a1.1); put(a1.2)}. The model works off what was said since its last whole
 * answer, in order, and then names the inputs that it has dealt with.
 */
final class Script {
    private static final Pattern CALL = Pattern.compile("([a-z]+)\\(([a-z][0-9]+\\.[0-9]+)\\)");
    private static final Pattern TASK = Pattern.compile("[a-z][0-9]+\\.[0-9]+");
    private static final Pattern NUMBER = Pattern.compile("m([0-9]+): ");

    private Script() {}

    record Call(String tool, String task) {
        @Override
        public String toString() {
            return tool + "(" + task + ")";
        }
    }

    static String input(String name, List<List<Call>> groups) {
        return name + ": "
                + groups.stream()
                        .map(g -> g.stream().map(Call::toString).collect(Collectors.joining(" ")))
                        .collect(Collectors.joining("; "));
    }

    /** The input that says this. */
    static String nameOf(String text) {
        return text.substring(0, text.indexOf(':'));
    }

    /** The calls that are made next; none when it is time to answer. */
    static List<Call> calls(List<Message> messages) {
        List<Message> open = sinceLastAnswer(messages);
        Set<String> asked = new HashSet<>();
        for (Message message : open) {
            message.toolCalls().forEach(c -> asked.add(taskOf(c.arguments())));
        }
        for (Message message : open) {
            if (message.role() == Message.Role.USER) {
                for (List<Call> group : groups(message.text())) {
                    if (group.stream().anyMatch(c -> !asked.contains(c.task()))) {
                        return group;
                    }
                }
            }
        }
        return List.of();
    }

    static String answer(List<Message> messages) {
        return "done with "
                + sinceLastAnswer(messages).stream()
                        .filter(m -> m.role() == Message.Role.USER)
                        .map(m -> nameOf(m.text()))
                        .collect(Collectors.joining(" and "));
    }

    /** The text of an answer: its number makes it the answer to one request that was really made. */
    static String text(int number, List<Message> messages) {
        List<Call> calls = calls(messages);
        return "m" + number + ": "
                + (calls.isEmpty()
                        ? answer(messages)
                        : "let me " + calls.getFirst().tool());
    }

    /** @return 0 when the text has none */
    static int numberOf(String text) {
        Matcher matcher = NUMBER.matcher(text);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    /** The first task that a text names; empty when none. */
    static String taskOf(String text) {
        Matcher matcher = TASK.matcher(text);
        return matcher.find() ? matcher.group() : "";
    }

    private static List<Message> sinceLastAnswer(List<Message> messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            Message m = messages.get(i);
            boolean whole = m.role() == Message.Role.ASSISTANT
                    && !m.interrupted()
                    && m.toolCalls().isEmpty();
            if (whole) {
                return messages.subList(i + 1, messages.size());
            }
        }
        return messages;
    }

    private static List<List<Call>> groups(String text) {
        var groups = new ArrayList<List<Call>>();
        for (String group : text.split(";", -1)) {
            var calls = new ArrayList<Call>();
            Matcher matcher = CALL.matcher(group);
            while (matcher.find()) {
                calls.add(new Call(matcher.group(1), matcher.group(2)));
            }
            if (!calls.isEmpty()) {
                groups.add(calls);
            }
        }
        return groups;
    }

    static List<Part> parts(int number, List<Message> messages) {
        var parts = new ArrayList<Part>();
        parts.add(new Part.Text(text(number, messages)));
        for (Call call : calls(messages)) {
            parts.add(new Part.ToolCall(
                    "c" + number + "." + parts.size(), call.tool(), "{\"task\":\"" + call.task() + "\"}"));
        }
        return parts;
    }
}
