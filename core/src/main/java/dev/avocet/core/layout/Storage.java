// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.layout;

import dev.avocet.core.graph.Node;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Weight;

/** How a backend keeps tensors. */
public interface Storage {
    /** The bytes of an element of a tensor of this type. */
    int bytes(DType dtype);

    /** The elements from one row to the next where rows have this many columns. */
    long rowStride(long columns);

    /** The elements beyond a tensor's end that kernels may touch. */
    long slack();

    /** The elements that a step needs for itself while it runs. */
    long temporary(Node step);

    /** A weight in rows of {@link #rowStride} elements. */
    Block constant(Weight weight);
}
