package dev.turnbuckle.store;

/** What a lease or a journal belongs to: a kind and an id; a session is one kind (L1). */
public record Scope(String kind, String id) {
    public static Scope session(String id) {
        return new Scope("session", id);
    }
}
