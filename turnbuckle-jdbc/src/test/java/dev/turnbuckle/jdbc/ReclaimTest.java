package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.plan.RowGroups;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReclaimTest {
    private static final String MESSAGE = "{\"role\":\"USER\",\"parts\":[],\"interrupted\":false}";

    @TempDir
    private Path folder;

    private SqliteStorage storage;

    @BeforeEach
    void open() {
        storage = Stores.open(folder.resolve("agents.db"));
    }

    @AfterEach
    void close() {
        storage.close();
    }

    /** A session with one branch of so many entries; grown from another branch, or from none (0). */
    private long session(String id, long grownFrom, int entries) {
        storage.sessions().create(id, "agent", Metadata.NONE);
        return storage.transactions().write(rows -> {
            long branch = rows.insertBranch(id, grownFrom, 0, 1);
            for (int depth = 1; depth <= entries; depth++) {
                rows.insertEntry(branch, depth, new TurnId("t"), MESSAGE, "chain");
            }
            return branch;
        });
    }

    private int entries(long branch) {
        return storage.transactions()
                .read(rows -> rows.entries(branch, 1, 1_000))
                .size();
    }

    private RowGroups.OfHistory.Branch branch(long id) {
        return storage.transactions().read(rows -> rows.branch(id));
    }

    @Test
    void s3_what_a_deleted_session_left_goes_in_bounded_steps() {
        long branch = session("gone", 0, 95);
        Stores.accept(storage, "gone");
        storage.sessions().delete("gone");
        assertThat(entries(branch)).isEqualTo(95);
        var steps = new ArrayList<Integer>();
        int removed = storage.maintenance().reclaim(20);
        while (removed > 0) {
            steps.add(removed);
            removed = storage.maintenance().reclaim(20);
        }
        assertThat(steps).isEqualTo(List.of(20, 20, 20, 20, 16));
        assertThat(branch(branch)).isNull();
        assertThatThrownBy(() -> Stores.accept(storage, "gone")).isInstanceOf(SessionDeletedException.class);
    }

    @Test
    void s26_what_a_living_session_grew_from_stays_through_deleted_ones() {
        long root = session("root", 0, 5);
        long middle = session("middle", root, 5);
        long leaf = session("leaf", middle, 5);
        storage.sessions().delete("root");
        storage.sessions().delete("middle");
        assertThat(storage.maintenance().reclaim(1_000)).isZero();
        assertThat(List.of(entries(root), entries(middle), entries(leaf))).containsOnly(5);

        storage.sessions().delete("leaf");
        int removed = 0;
        for (int step = 0; step < 3; step++) {
            removed += storage.maintenance().reclaim(1_000);
        }
        assertThat(removed).isEqualTo(18);
        assertThat(storage.maintenance().reclaim(1_000)).isZero();
    }

    @Test
    void s3_a_living_session_loses_nothing() {
        long branch = session("alive", 0, 5);
        assertThat(storage.maintenance().reclaim(1_000)).isZero();
        assertThat(entries(branch)).isEqualTo(5);
    }

    @Test
    void s14_a_branch_s_next_depth_follows_its_last_entry() {
        long branch = session("alive", 0, 5);
        assertThat(branch(branch).nextDepth()).isEqualTo(6);
        long empty = session("empty", branch, 0);
        assertThat(branch(empty).nextDepth()).isEqualTo(1);
    }
}
