package dev.turnbuckle.bench.micro;

import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** English of any length. */
@State(Scope.Benchmark)
public class Texts {
    private static final String SENTENCE = "It rains all day in Oslo, and the wind comes from the sea. ";

    private final Map<Integer, String> texts = new HashMap<>();

    public String of(int length) {
        return texts.computeIfAbsent(
                length, l -> SENTENCE.repeat(l / SENTENCE.length() + 1).substring(0, l));
    }
}
