package dev.turnbuckle.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** How a database wants statements and texts to be written; as they are, unless it says otherwise. */
interface Form {
    Form PLAIN = new Form() {};

    /** The statement with its tables where they are. */
    default String sql(String shared) {
        return shared;
    }

    /** Several as one text. */
    default String together(List<String> shared) {
        return shared.stream().map(this::sql).collect(Collectors.joining(";\n"));
    }

    /** A text as the database can hold it; {@link #read} undoes it. */
    default String written(String text) {
        return text;
    }

    default String read(String stored) {
        return stored;
    }

    /** A statement as it is to be used. */
    default PreparedStatement prepared(PreparedStatement statement) throws SQLException {
        return statement;
    }
}
