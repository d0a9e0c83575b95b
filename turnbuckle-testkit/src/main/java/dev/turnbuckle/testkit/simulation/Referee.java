package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Hands everything to the checkers, and keeps what they complain of. */
final class Referee {
    /** Bound of one run; the first one says most. */
    static final int MAX_VIOLATIONS = 20;

    final Chronicle chronicle;
    final Inputs inputs;
    final Observers observers;

    private final World world;
    private final Reporter reporter;
    private final List<Checker> checkers;
    private final List<Violation> violations = new ArrayList<>();
    private final Map<TurnId, String> words = new HashMap<>();
    private final Set<String> deleted = new HashSet<>();

    Referee(World world) {
        this.world = world;
        this.reporter = new Reporter(world);
        this.chronicle = new Chronicle(this);
        this.inputs = new Inputs(
                this,
                (session, key) -> world.storage
                        .inbox()
                        .find(session, new Inbox.Ref.Key(key))
                        .orElse(null));
        this.observers = new Observers(this, chronicle);
        this.checkers = List.of(
                inputs,
                new LeaseRules(this, world::presumedDead),
                new Commits(this),
                new Cancels(this),
                new Waits(this),
                new Effects(this),
                chronicle,
                new Ledgers(this, chronicle, world.shape.attempts()),
                observers,
                new Remnants(this));
    }

    void seen(Seen call) {
        remember(call);
        reporter.tell(call, this::word);
        each(c -> c.seen(call));
    }

    private void remember(Seen call) {
        if (call.is("SessionStore.delete") && Boolean.TRUE.equals(call.result())) {
            deleted.add(call.argument(0, String.class));
            count("session deleted");
        }
        if (call.result() instanceof Inbox.Accepted.Row row && row.item().key() != null) {
            words.putIfAbsent(row.item().turn(), row.item().key());
        }
        if (call.result() instanceof CommitResult.Committed) {
            for (Inbox.NewInput send :
                    call.argument(0, Commit.class).settlement().sends()) {
                words.putIfAbsent(send.turn(), String.valueOf(send.key()));
            }
        }
    }

    void bodyStarted(Body body) {
        each(c -> c.bodyStarted(body));
    }

    void modelAsked(Asked asked) {
        each(c -> c.modelAsked(asked));
    }

    void observed(Observer observer, SessionEvent event) {
        each(c -> c.observed(observer, event));
    }

    void atTheEnd(Remains remains) {
        each(c -> c.atTheEnd(remains));
    }

    /** A checker's own bug must not look like a failure of what it is called from. */
    private void each(Consumer<Checker> told) {
        for (Checker checker : checkers) {
            try {
                told.accept(checker);
            } catch (RuntimeException e) {
                violated(checker.name(), "the checker failed: " + e + " at " + e.getStackTrace()[0]);
            }
        }
    }

    void violated(String checker, String message) {
        if (violations.size() < MAX_VIOLATIONS) {
            violations.add(new Violation(checker, world.environment.nanos() / 1_000, message));
            world.log("VIOLATION", "[" + checker + "] " + message);
        }
    }

    void count(String reached) {
        world.tally.count(reached);
    }

    boolean broken() {
        return !violations.isEmpty();
    }

    List<Violation> violations() {
        return List.copyOf(violations);
    }

    /** Whether somebody deleted the session: what was open in it ends without a commit (T14). */
    boolean deleted(String session) {
        return deleted.contains(session);
    }

    String word(TurnId turn) {
        return words.getOrDefault(turn, turn.value());
    }
}
