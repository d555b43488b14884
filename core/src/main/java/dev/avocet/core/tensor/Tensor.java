// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.tensor;

/**
 * A symbol: the value that one operation of a graph produces and others consume.
 *
 * @param id its number in the graph that it belongs to
 * @param dtype its element type
 * @param shape its extents, the batch first
 */
public record Tensor(int id, DType dtype, Shape shape) {
    /** As in error messages: {@code F32 [1,577,1024]}. */
    @Override
    public String toString() {
        return dtype + " " + shape;
    }
}
