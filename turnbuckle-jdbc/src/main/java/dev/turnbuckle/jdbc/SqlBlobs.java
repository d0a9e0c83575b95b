package dev.turnbuckle.jdbc;

import dev.turnbuckle.store.plan.RowGroups;
import org.jspecify.annotations.Nullable;

/** The blob table. */
interface SqlBlobs extends RowGroups.OfBlobs {
    String INSERT = "INSERT INTO blob (hash, codec, size, bytes) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
    String EXISTS = "SELECT 1 FROM blob WHERE hash = ?";
    String FIND = "SELECT hash, codec, size, bytes FROM blob WHERE hash = ?";

    Statements sql();

    @Override
    default void putBlob(StoredBlob blob) {
        sql().call(INSERT)
                .text(blob.hash())
                .text(blob.codec())
                .number(blob.size())
                .bytes(blob.bytes())
                .update();
    }

    @Override
    default boolean hasBlob(String hash) {
        return sql().call(EXISTS).text(hash).first(Line::number) != null;
    }

    @Override
    default @Nullable StoredBlob blob(String hash) {
        return sql().call(FIND).text(hash).first(in -> new StoredBlob(in.text(), in.text(), in.number(), in.bytes()));
    }
}
