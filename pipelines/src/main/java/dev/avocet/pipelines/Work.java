// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import java.util.List;

/**
 * One operation of a model, in two parts: what is done for each item alone, and what is done for many at once.
 *
 * @param <T> what is given, such as a picture
 * @param <P> what the network reads of it, such as pixels
 * @param <R> its result
 */
interface Work<T, P, R> {
    /** The operation's name, as in {@link ModelCall#operation}. */
    String operation();

    /** Makes an item ready, on the thread that brings it. */
    P prepare(T item, CallTimer timer);

    /** The results of these items, in their order, each the same whatever its neighbours are. */
    List<R> compute(List<P> items, CallTimer timer);
}
