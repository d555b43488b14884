// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;

/**
 * SIGTERM and Ctrl-C as something to wait for: the first one lets work finish, the second ends the process at once.
 *
 * <p>A shutdown hook is told of the first only, and cannot change the exit code. What can is {@code sun.misc.Signal}, of
 * which javac warns without a way to be told otherwise; hence by name.
 */
final class Signals {
    private static final String[] ENDING = {"TERM", "INT"};

    private Signals() {}

    /** Opened by the first signal from now on. */
    static CountDownLatch latch() {
        var latch = new CountDownLatch(1);
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            var ours = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, (_, _, _) -> {
                if (latch.getCount() == 0) {
                    Runtime.getRuntime().halt(Executable.FAILED);
                }
                latch.countDown();
                return null;
            });
            for (var name : ENDING) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
            }
            return latch;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no sun.misc.Signal", e);
        }
    }
}
