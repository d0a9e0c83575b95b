package dev.turnbuckle.bench.micro;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** JSON of history: an answer that thinks, says and calls. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
    private final Message message = Message.of(
            Message.Role.ASSISTANT,
            List.of(
                    new Part.Reasoning(
                            "The guest asks for two beds, so I should look what is free tonight.", "c2lnbmVk"),
                    new Part.Text("Let me see what we have in Oslo tonight."),
                    new Part.ToolCall("call-1", "book", "{\"city\":\"Oslo\",\"guests\":2}")));
    private final String json = Json.write(message);

    @Benchmark
    public String write() {
        return Json.write(message);
    }

    @Benchmark
    public Message read() {
        return Json.read(json, Message.class);
    }

    /** The form that is hashed where two writers must agree. */
    @Benchmark
    public String canonical() {
        return Json.canonical(json);
    }
}
