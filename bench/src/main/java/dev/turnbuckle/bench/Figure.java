package dev.turnbuckle.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One measured value beside its floor.
 *
 * @param bar what the design promises of the ratio; {@code null} when it promises nothing
 */
record Figure(
        String name,
        double value,
        String unit,
        double floor,
        @Nullable Bar bar) {

    /** A bound of the ratio: at least for rates, at most for times and sizes. */
    record Bar(boolean least, double ratio) {
        static Bar atLeast(double ratio) {
            return new Bar(true, ratio);
        }

        static Bar atMost(double ratio) {
            return new Bar(false, ratio);
        }

        String verdict(double actual) {
            String text = (least ? ">= " : "<= ") + plain(ratio);
            boolean met = least ? actual >= ratio : actual <= ratio;
            double off = 100 * Math.abs(actual / ratio - 1);
            return met ? text + "  met" : text + "  MISSED by " + Math.round(off) + " %";
        }
    }

    double ratio() {
        return value / floor;
    }

    String json() {
        return "{\"name\":\"" + name + "\",\"value\":" + plain(value) + ",\"unit\":\"" + unit + "\",\"floor\":"
                + plain(floor) + ",\"ratio\":" + plain(ratio()) + "}";
    }

    static final String HEAD =
            String.format(Locale.ROOT, "%-18s %12s %12s %-14s %7s  %s", "", "ours", "floor", "", "ratio", "bar");

    String row() {
        return String.format(
                Locale.ROOT,
                "%-18s %12s %12s %-14s %7s  %s",
                name,
                plain(value),
                plain(floor),
                unit,
                plain(ratio()),
                bar == null ? "" : bar.verdict(ratio()));
    }

    /** Four digits are more than a benchmark knows. */
    static String plain(double value) {
        double size = Math.abs(value);
        int decimals = size >= 1_000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
