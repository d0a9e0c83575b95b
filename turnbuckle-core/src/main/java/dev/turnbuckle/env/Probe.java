package dev.turnbuckle.env;

/**
 * Sees each seam of a turn as it is passed: before and after every store call and every effect. For tests (crash here)
 * and diagnostics (how far did it get). Called on the thread that passes the seam; what it throws unwinds that thread.
 */
@FunctionalInterface
public interface Probe {
    /** @param seam {@code before Journal.record}, {@code after tool model/1/tool/0}, … */
    void at(String seam);
}
