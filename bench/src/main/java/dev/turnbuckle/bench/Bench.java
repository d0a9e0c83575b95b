package dev.turnbuckle.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** The benchmarks, in the order in which {@code all} runs them. */
enum Bench {
    TURNS,
    GROWTH,
    COMMIT,
    LIVE,
    OPEN,
    IDLE,
    COLD;

    /** On the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Bench> named(String word) {
        return Arrays.stream(values()).filter(b -> b.word().equals(word)).findFirst();
    }

    /** @param folder on the disk that is measured */
    void run(Options options, Path folder, Progress progress, Consumer<Figure> figures)
            throws IOException, InterruptedException {
        switch (this) {
            case TURNS -> new TurnsBench(options, folder, progress).run(figures);
            case GROWTH -> new GrowthBench(options, folder, progress).run(figures);
            case COMMIT -> new CommitBench(options, folder, progress).run(figures);
            case LIVE -> new LiveBench(options, progress).run(figures);
            case OPEN -> new OpenBench(options, folder, progress).run(figures);
            case IDLE -> new IdleBench(folder, progress).run(figures);
            case COLD -> new ColdBench(options, folder, progress).run(figures);
        }
    }
}
