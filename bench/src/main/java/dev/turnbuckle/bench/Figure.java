package dev.turnbuckle.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One measured value beside its floor.
 *
 * @param bar what the design promises; {@code null} when it promises nothing
 */
record Figure(
        String name,
        double value,
        String unit,
        double floor,
        @Nullable Bar bar) {

    /**
     * A bound: at least for rates, at most for times and sizes.
     *
     * @param relative of the ratio, else of the value itself
     */
    record Bar(boolean relative, boolean least, double bound) {
        static Bar atLeast(double ratio) {
            return new Bar(true, true, ratio);
        }

        static Bar atMost(double ratio) {
            return new Bar(true, false, ratio);
        }

        static Bar valueAtLeast(double value) {
            return new Bar(false, true, value);
        }

        static Bar valueAtMost(double value) {
            return new Bar(false, false, value);
        }

        String verdict(Figure figure) {
            double actual = relative ? figure.ratio() : figure.value();
            String text = (least ? ">= " : "<= ") + plain(bound) + (relative ? " x" : " " + figure.unit());
            boolean met = least ? actual >= bound : actual <= bound;
            double off = 100 * Math.abs(actual / bound - 1);
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
            String.format(Locale.ROOT, "%-24s %12s %12s %-14s %7s  %s", "", "ours", "floor", "", "ratio", "bar");

    String row() {
        return String.format(
                Locale.ROOT,
                "%-24s %12s %12s %-14s %7s  %s",
                name,
                plain(value),
                plain(floor),
                unit,
                plain(ratio()),
                bar == null ? "" : bar.verdict(this));
    }

    /** Four digits are more than a benchmark knows. */
    static String plain(double value) {
        double size = Math.abs(value);
        int decimals = size >= 1_000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
