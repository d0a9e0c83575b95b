package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.store.Storage;
import java.util.Set;
import java.util.function.Function;

/**
 * One way to break a storage, and what must notice.
 *
 * @param suite the contract that is run
 * @param caughtBy the rules of which a test fails: these, and no others
 * @param row on every call of a row
 * @param operation on every call of an operation
 * @param atomic whether what throws is undone
 */
record Breakage(
        String name,
        Class<? extends StorageContract> suite,
        Set<String> caughtBy,
        Call.Interceptor row,
        Operation operation,
        boolean atomic) {
    interface Operation {
        Object around(Call call, Storage whole) throws Throwable;
    }

    static Breakage of(String name, Class<? extends StorageContract> suite, String... caughtBy) {
        return new Breakage(name, suite, Set.of(caughtBy), Call::proceed, (call, whole) -> call.proceed(), true);
    }

    /** Rows of this type are answered otherwise. */
    <R> Breakage answering(Class<R> type, Function<R, Object> lie) {
        return row(call -> {
            Object result = call.proceed();
            return type.isInstance(result) ? lie.apply(type.cast(result)) : result;
        });
    }

    /** Calls of this name on rows do nothing. */
    Breakage forgetting(String rowMethod) {
        return row(call -> call.is(rowMethod) ? null : call.proceed());
    }

    Breakage row(Call.Interceptor next) {
        return new Breakage(name, suite, caughtBy, next, operation, atomic);
    }

    Breakage operation(Operation next) {
        return new Breakage(name, suite, caughtBy, row, next, atomic);
    }

    Breakage notAtomic() {
        return new Breakage(name, suite, caughtBy, row, operation, false);
    }

    @Override
    public String toString() {
        return name;
    }
}
