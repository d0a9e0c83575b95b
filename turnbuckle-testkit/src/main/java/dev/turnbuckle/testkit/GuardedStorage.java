package dev.turnbuckle.testkit;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Storage;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** A storage, and each of its parts, that asks first whether the process is alive. */
final class GuardedStorage implements InvocationHandler {
    private final Object target;
    private final TestProcess process;
    private final Environment environment;

    private GuardedStorage(Object target, TestProcess process, Environment environment) {
        this.target = target;
        this.process = process;
        this.environment = environment;
    }

    static Storage of(Storage storage, TestProcess process, Environment environment) {
        return guarded(Storage.class, new GuardedStorage(storage, process, environment));
    }

    private static <T> T guarded(Class<T> type, GuardedStorage handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return method.invoke(target, arguments);
        }
        process.requireAlive();
        if (method.getName().equals("open")) {
            ((Storage) target).open(environment);
            return null;
        }
        try {
            Object result = method.invoke(target, arguments);
            return result != null
                            && target instanceof Storage
                            && method.getReturnType().isInterface()
                    ? guarded(method.getReturnType(), new GuardedStorage(result, process, environment))
                    : result;
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
