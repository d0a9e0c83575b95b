package dev.turnbuckle.testkit.tck;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call on an interface, held up on its way so that a test can make it fail or lie. */
record Call(Object target, Method method, List<@Nullable Object> arguments) {
    /** Proceeds, answers by itself, or throws. */
    interface Interceptor {
        @Nullable Object around(Call call) throws Throwable;
    }

    /** The target behind an interceptor. */
    static <T> T through(Interceptor interceptor, Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> interceptor.around(
                        new Call(target, method, arguments == null ? List.of() : java.util.Arrays.asList(arguments)))));
    }

    boolean is(Class<?> type, String name) {
        return type.isAssignableFrom(method.getDeclaringClass()) && is(name);
    }

    boolean is(String name) {
        return method.getName().equals(name);
    }

    <T> T argument(int index, Class<T> type) {
        return type.cast(arguments.get(index));
    }

    @Nullable Object proceed() throws Throwable {
        return proceedWith(arguments.toArray());
    }

    @Nullable Object proceedWith(@Nullable Object... changed) throws Throwable {
        try {
            return method.invoke(target, changed);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
