package dev.turnbuckle.cli.chat;

import dev.turnbuckle.session.OpenWait;
import java.util.Locale;

/** What a person answers to a question that a turn waits for. */
sealed interface Ruling {
    record Approve() implements Ruling {}

    /** @param reason told to the model; may be empty */
    record Reject(String reason) implements Ruling {}

    /** The arguments are to be changed first. */
    record Edit() implements Ruling {}

    /** @param result of the call that happened; may be empty */
    record Done(String result) implements Ruling {}

    record NotDone() implements Ruling {}

    record RunAgain() implements Ruling {}

    /** Neither now. */
    record Later() implements Ruling {}

    /** None of the answers; they are to be told again. */
    record Unclear() implements Ruling {}

    /** What may be answered, as it stands behind the question. */
    static String choices(OpenWait.Kind kind) {
        return switch (kind) {
            case APPROVAL -> "[y]es  [n]o, why  [e]dit  [l]ater";
            case UNKNOWN_OUTCOME -> "[d]one, result  [n]ot done  [r]un again  [l]ater";
        };
    }

    static Ruling of(OpenWait.Kind kind, String line) {
        String[] words = line.strip().split("[\\s,]+", 2);
        String rest = words.length > 1 ? words[1] : "";
        String word = words[0].toLowerCase(Locale.ROOT);
        if (word.equals("l") || word.equals("later")) {
            return new Later();
        }
        return switch (kind) {
            case APPROVAL ->
                switch (word) {
                    case "y", "yes" -> rest.isEmpty() ? new Approve() : new Unclear();
                    case "n", "no" -> new Reject(rest);
                    case "e", "edit" -> new Edit();
                    default -> new Unclear();
                };
            case UNKNOWN_OUTCOME ->
                switch (word) {
                    case "d", "done" -> new Done(rest);
                    case "n", "no", "not" -> new NotDone();
                    case "r", "run", "again" -> new RunAgain();
                    default -> new Unclear();
                };
        };
    }
}
