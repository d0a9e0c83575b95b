package dev.turnbuckle.bench;

import java.util.Arrays;
import java.util.Collection;

/** Numbers, and what lies in their middle. */
final class Samples {
    private long[] values = new long[256];
    private int count;

    void add(long value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = value;
    }

    void addAll(Samples others) {
        for (int i = 0; i < others.count; i++) {
            add(others.values[i]);
        }
    }

    /** In the order in which they came. */
    long[] all() {
        return Arrays.copyOf(values, count);
    }

    int count() {
        return count;
    }

    /** @param fraction 0.5 for the median */
    double at(double fraction) {
        long[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return count == 0 ? Double.NaN : sorted[(int) Math.min(count - 1, (long) (fraction * count))];
    }

    double mean() {
        return Arrays.stream(values, 0, count).average().orElse(Double.NaN);
    }

    static double median(Collection<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
