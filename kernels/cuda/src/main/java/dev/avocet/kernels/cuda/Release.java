// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Frees several things, so that one that can't be freed keeps none of the others. */
final class Release {
    private Release() {}

    /** Runs all of these in order; throws what the first failure was, with the later ones suppressed. */
    static void all(Runnable... steps) {
        all(Stream.of(steps));
    }

    /** Runs all of these in order; throws what the first failure was, with the later ones suppressed. */
    static void all(Stream<Runnable> steps) {
        RuntimeException first = null;
        for (var step : steps.toList()) {
            try {
                step.run();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** Frees things after a failure, which is what the caller throws; theirs are suppressed. */
    static void after(Throwable failure, Runnable... steps) {
        try {
            all(steps);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Frees and forgets all of a list. */
    static <T> void all(List<T> things, Consumer<? super T> free) {
        var taken = List.copyOf(things);
        things.clear();
        all(taken.stream().map(each -> () -> free.accept(each)));
    }
}
