package dev.turnbuckle.testkit;

import java.util.Arrays;
import java.util.List;

/** How models of this kit stream a text: word by word, each with the space behind it. */
final class Words {
    private Words() {}

    static List<String> of(String text) {
        return Arrays.stream(text.split("(?<=\\s)(?=\\S)", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
