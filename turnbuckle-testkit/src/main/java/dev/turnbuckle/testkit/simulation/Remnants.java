package dev.turnbuckle.testkit.simulation;

/** Checker {@code remnants}: nothing is due, nothing waits, when everything has come to its end. */
final class Remnants extends Checker {
    Remnants(Referee referee) {
        super("remnants", referee);
    }

    @Override
    void atTheEnd(Remains remains) {
        remains.sessions()
                .forEach((id, left) -> demand(
                        left.row().deleted() == deleted(id),
                        () -> "session " + id + " is deleted: " + left.row().deleted()));
        remains.living().forEach((id, left) -> {
            demand(
                    left.row().due() == null,
                    () -> "session " + id + " is due at " + left.row().due());
            left.turns()
                    .forEach(t -> demand(t.ending() != null, () -> "turn " + word(t.id()) + " has not ended: " + t));
        });
    }
}
