package dev.turnbuckle.bench;

import java.sql.SQLException;

/** The floor of one kind of database. */
interface FloorTransactions {
    interface Step {
        void run(FloorSql db) throws SQLException;
    }

    FloorTurn session(String id);

    /** Returns when it is on disk. */
    void transaction(Step step);

    /** One session's turns: the five transactions of J14 each. */
    default Contender.Client turns(String session) {
        FloorTurn turn = session(session);
        return () -> {
            transaction(turn::accept);
            transaction(turn::open);
            transaction(turn::start);
            transaction(turn::outcome);
            transaction(turn::commit);
        };
    }
}
