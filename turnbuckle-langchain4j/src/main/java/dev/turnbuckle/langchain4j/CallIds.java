package dev.turnbuckle.langchain4j;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Ids of calls as every vendor accepts them: letters, digits, '_' and '-', at most 40 of them, and none twice in one
 * request. Ids of one vendor may not suit another one, and those that a turn mended begin anew in each answer.
 */
final class CallIds {
    private static final Pattern ACCEPTED = Pattern.compile("[a-zA-Z0-9_-]{1,40}");

    private final Set<String> used = new HashSet<>();

    /** The same id when it can stay. */
    String of(String id) {
        if (ACCEPTED.matcher(id).matches() && used.add(id)) {
            return id;
        }
        String next;
        do {
            next = "call_" + (used.size() + 1);
        } while (!used.add(next));
        return next;
    }
}
