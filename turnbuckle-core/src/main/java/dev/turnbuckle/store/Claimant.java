package dev.turnbuckle.store;

/**
 * Who asks for a lease (L1).
 *
 * @param worker name of the node
 * @param incarnation this start of it
 * @param token fresh for each acquisition
 */
public record Claimant(String worker, String incarnation, String token) {}
