package dev.turnbuckle.store.plan;

import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a work is about to ask of its {@link Rows}, so that a backend across a network locks and fetches it in one round
 * trip. A hint and nothing more: a work may ask for other rows, and what it names need not exist.
 *
 * @param sessions their rows, in the order in which a backend with row locks takes them
 * @param turns turns that are named; where none is, {@link Part#OPEN_TURN} is the one that the session says is open
 * @param parts what else of each session
 * @param keys idempotency keys that are looked up
 * @param effects journal entries of the named turn that are written
 * @param blobs hashes that are asked for
 * @param inputs how many inbox rows are inserted
 * @param premise what its caller believes of its session, so that only this is asked, whether it is so
 */
public record Ahead(
        Set<String> sessions,
        Set<Turn> turns,
        Set<Part> parts,
        Set<Key> keys,
        List<String> effects,
        Set<WaitId> waits,
        Set<String> blobs,
        int inputs,
        @Nullable Premise premise) {

    public static final Ahead NOTHING = of(Set.of());

    public record Turn(String session, TurnId id) {}

    public record Key(String session, String key) {}

    /**
     * A running turn as it was started under this lease, in a session that has a branch. While the lease holds nobody changes
     * it but by a cancel, or its own holder by starting it again.
     *
     * @param inputs all that it has claimed
     */
    public record Premise(SessionRow session, TurnRow turn, Lease lease, List<InboxItem> inputs) {}

    /** Of each session; of its named turn {@link #CLAIMED} and {@link #JOURNAL}; of that or else its open one {@link #WAITS}. */
    public enum Part {
        /** That its row is locked; what stands in it is not asked for. */
        LOCK_ONLY,
        LEASE,
        /** Its first pending rows, as many as {@link ClaimPlan#LOOKED_AT}. */
        PENDING,
        /** {@link RowGroups.OfInbox#maySteer}. */
        STEERS,
        EARLIEST_PENDING,
        /** The branch that its head is on. */
        HEAD,
        OPEN_TURN,
        CLAIMED,
        JOURNAL,
        WAITS
    }

    public static Ahead of(String session) {
        return of(Set.of(session));
    }

    public static Ahead of(Collection<String> sessions) {
        return new Ahead(new TreeSet<>(sessions), Set.of(), Set.of(), Set.of(), List.of(), Set.of(), Set.of(), 0, null);
    }

    public Ahead and(Collection<String> more) {
        var all = new TreeSet<>(sessions);
        all.addAll(more);
        return new Ahead(all, turns, parts, keys, effects, waits, blobs, inputs, premise);
    }

    public Ahead turn(String session, TurnId id) {
        return turns(Set.of(new Turn(session, id)));
    }

    public Ahead turns(Collection<Turn> named) {
        return new Ahead(sessions, new LinkedHashSet<>(named), parts, keys, effects, waits, blobs, inputs, premise);
    }

    public Ahead with(Part... wanted) {
        Set<Part> all = EnumSet.noneOf(Part.class);
        all.addAll(parts);
        all.addAll(List.of(wanted));
        return new Ahead(sessions, turns, all, keys, effects, waits, blobs, inputs, premise);
    }

    /** The keys of these inputs, and room for their rows. */
    public Ahead accepting(Collection<Inbox.NewInput> accepted) {
        var asked = new LinkedHashSet<Key>();
        for (Inbox.NewInput input : accepted) {
            if (input.key() != null) {
                asked.add(new Key(input.session(), input.key()));
            }
        }
        return new Ahead(sessions, turns, parts, asked, effects, waits, blobs, accepted.size(), premise);
    }

    public Ahead effects(List<String> written) {
        return new Ahead(sessions, turns, parts, keys, List.copyOf(written), waits, blobs, inputs, premise);
    }

    public Ahead waits(Collection<WaitId> asked) {
        return new Ahead(sessions, turns, parts, keys, effects, new LinkedHashSet<>(asked), blobs, inputs, premise);
    }

    public Ahead blobs(Collection<String> hashes) {
        return new Ahead(sessions, turns, parts, keys, effects, waits, new TreeSet<>(hashes), inputs, premise);
    }

    public Ahead inputs(int inserted) {
        return new Ahead(sessions, turns, parts, keys, effects, waits, blobs, inserted, premise);
    }

    public Ahead believing(@Nullable Premise believed) {
        return new Ahead(sessions, turns, parts, keys, effects, waits, blobs, inputs, believed);
    }
}
