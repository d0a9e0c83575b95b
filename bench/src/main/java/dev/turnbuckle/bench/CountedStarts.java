package dev.turnbuckle.bench;

import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;

/** How often nodes tried to start a turn, and how often they did. */
final class CountedStarts {
    private final AtomicLong turns = new AtomicLong();
    private final AtomicLong busy = new AtomicLong();
    private final AtomicLong empty = new AtomicLong();

    Storage around(Storage storage) {
        Turns counted = proxy(Turns.class, storage.turns(), this::count);
        return proxy(Storage.class, storage, answer -> answer instanceof Turns ? counted : answer);
    }

    private interface Change {
        Object of(Object answer);
    }

    private static <T> T proxy(Class<T> type, T real, Change change) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            try {
                Object answer = method.invoke(real, arguments);
                return answer == null ? null : change.of(answer);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Object count(Object answer) {
        if (answer instanceof Turns.Start start) {
            switch (start) {
                case Turns.Start.Go go -> turns.incrementAndGet();
                case Turns.Start.Busy held -> busy.incrementAndGet();
                case Turns.Start.Empty nothing -> empty.incrementAndGet();
            }
        }
        return answer;
    }

    long turns() {
        return turns.get();
    }

    long all() {
        return turns.get() + busy.get() + empty.get();
    }

    @Override
    public String toString() {
        return turns + " turns started, " + busy + " found busy, " + empty + " found with nothing left";
    }
}
