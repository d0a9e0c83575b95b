package dev.turnbuckle.testkit;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a thread stands, in one line. */
final class Places {
    private static final int FRAMES = 4;

    private Places() {}

    static String of(@Nullable Thread thread) {
        if (thread == null) {
            return "";
        }
        String frames = Arrays.stream(thread.getStackTrace())
                .filter(f -> !f.getClassName().startsWith("java.")
                        && !f.getClassName().startsWith("jdk."))
                .filter(f -> !f.getClassName().startsWith(Baton.class.getPackageName() + ".")
                        || f.getClassName().endsWith("Test"))
                .limit(FRAMES)
                .map(f -> f.getFileName() + ":" + f.getLineNumber())
                .collect(Collectors.joining(" < "));
        return frames.isEmpty() ? "" : " (" + frames + ")";
    }
}
