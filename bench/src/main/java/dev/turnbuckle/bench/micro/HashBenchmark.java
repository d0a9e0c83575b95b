package dev.turnbuckle.bench.micro;

import dev.turnbuckle.internal.codec.Hash;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** SHA-256 as it is used for entries and chains. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class HashBenchmark {
    private static final String CHAIN = Hash.of("before");

    /** Characters of an entry's message. */
    @Param({"256", "16384"})
    public int length = 256;

    /** The hash of an entry as it is stored. */
    @Benchmark
    public String entry(Texts texts) {
        return Hash.of(texts.of(length));
    }

    /** One link of the chain. */
    @Benchmark
    public String link() {
        return Hash.of(CHAIN, CHAIN);
    }
}
