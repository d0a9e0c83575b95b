package dev.turnbuckle.session;

/**
 * Immutable history item (S14).
 *
 * @param depth position on the path from the root, from 1
 * @param chain hash of this entry and, by its predecessor's chain, of everything before it
 */
public record Entry(long branch, long depth, TurnId turn, Message message, String chain) {}
