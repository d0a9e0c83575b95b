package dev.turnbuckle.store.plan;

import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.SessionRow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Leases over rows. */
final class RowLeases implements Leases {
    private final Transactions transactions;

    RowLeases(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public Grant acquire(Scope scope, Claimant by, Duration ttl) {
        return transactions.write(rows -> {
            rows.ahead(ahead(List.of(scope)));
            if (scope.kind().equals("session")) {
                RowStorage.alive(rows, scope.id());
            }
            return acquire(rows, transactions, scope, by, ttl);
        });
    }

    static Grant acquire(Rows rows, Transactions transactions, Scope scope, Claimant by, Duration ttl) {
        Lease stored = rows.lease(scope);
        boolean dead = stored != null
                && stored.liveAt(rows.now())
                && !stored.holder().equals(by)
                && transactions.dead(stored.holder());
        Grant grant = LeasePlan.acquire(stored, scope, by, dead, rows.now(), ttl);
        if (grant instanceof Grant.Granted granted && !granted.lease().equals(stored)) {
            rows.putLease(granted.lease());
        }
        return grant;
    }

    @Override
    public List<Renewal> renew(List<Lease> leases, Duration ttl) {
        return transactions.writeFirst(rows -> {
            rows.ahead(ahead(leases.stream().map(Lease::scope).toList()));
            return leases.stream().map(l -> renew(rows, l, ttl)).toList();
        });
    }

    /** What settling asks for, of each session. */
    private static Ahead ahead(List<Scope> scopes) {
        return Ahead.of(scopes.stream()
                        .filter(s -> s.kind().equals("session"))
                        .map(Scope::id)
                        .toList())
                .with(Ahead.Part.LEASE, Ahead.Part.OPEN_TURN, Ahead.Part.WAITS, Ahead.Part.EARLIEST_PENDING);
    }

    private static Renewal renew(Rows rows, Lease lease, Duration ttl) {
        Renewal renewal = LeasePlan.renew(rows.lease(lease.scope()), lease, rows.now(), ttl);
        if (renewal instanceof Renewal.Renewed renewed) {
            rows.putLease(renewed.lease());
            settle(rows, lease.scope(), renewed.lease());
        }
        return renewal;
    }

    @Override
    public boolean release(Lease lease) {
        return transactions.write(rows -> {
            rows.ahead(ahead(List.of(lease.scope())));
            if (RowStorage.lost(rows, lease) != null) {
                return false;
            }
            rows.putLease(lease.released());
            settle(rows, lease.scope(), null);
            return true;
        });
    }

    private static void settle(Rows rows, Scope scope, @Nullable Lease lease) {
        SessionRow session = scope.kind().equals("session") ? rows.session(scope.id()) : null;
        if (session != null && !session.deleted()) {
            RowStorage.settleWork(rows, session, RowStorage.openTurn(rows, session), lease);
        }
    }

    @Override
    public Optional<Lease> inspect(Scope scope) {
        return Optional.ofNullable(transactions.<@Nullable Lease>read(rows -> rows.lease(scope)));
    }

    @Override
    public List<Lease> list() {
        return transactions.read(Rows::liveLeases);
    }

    @Override
    public int expireDead() {
        if (!transactions.provesDeath()) {
            return 0;
        }
        List<Lease> dead =
                list().stream().filter(l -> transactions.dead(l.holder())).toList();
        if (dead.isEmpty()) {
            return 0;
        }
        return transactions.write(rows -> {
            rows.ahead(ahead(dead.stream().map(Lease::scope).toList()));
            int expired = 0;
            for (Lease lease : dead) {
                Lease stored = rows.lease(lease.scope());
                if (stored != null && stored.sameAs(lease) && stored.liveAt(rows.now())) {
                    rows.putLease(stored.expired(rows.now()));
                    settle(rows, lease.scope(), null);
                    expired++;
                }
            }
            return expired;
        });
    }
}
