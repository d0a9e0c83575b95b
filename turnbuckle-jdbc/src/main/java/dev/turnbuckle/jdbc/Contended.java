package dev.turnbuckle.jdbc;

/** A row that was not there when it was looked for is there when it is written: the transaction is run again. */
final class Contended extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Contended(String what) {
        super(what + " was made by somebody else in the same moment", null, false, false);
    }
}
