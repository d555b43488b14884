// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Weight;
import java.util.List;
import java.util.stream.Collectors;

/** Weights under each other: the rows of the first, then those of the second, so that one product computes them all. */
record Stacked(List<Weight> parts) implements Weight {
    @Override
    public String name() {
        return parts.stream().map(Weight::name).collect(Collectors.joining(" + "));
    }

    @Override
    public Shape shape() {
        int rows = parts.stream().mapToInt(part -> part.shape().dim(0)).sum();
        return parts.getFirst().shape().with(0, rows);
    }

    @Override
    public void read(long from, float[] into, int offset, int count) {
        long start = 0;
        for (var part : parts) {
            long size = part.shape().elements();
            long first = Math.max(from, start);
            long last = Math.min(from + count, start + size);
            if (first < last) {
                part.read(first - start, into, offset + (int) (first - from), (int) (last - first));
            }
            start += size;
        }
    }

    @Override
    public void release() {
        parts.forEach(Weight::release);
    }
}
