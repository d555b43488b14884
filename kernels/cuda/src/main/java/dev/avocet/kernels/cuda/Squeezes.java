// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Node;
import dev.avocet.core.graph.Op;
import dev.avocet.core.layout.Liveness;
import dev.avocet.core.layout.Liveness.Interval;
import dev.avocet.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where squeeze-and-excitation follows a depthwise convolution: the convolution adds its pixels up as it makes them, and
 * the products that follow begin with these sums. Nothing reads the picture once more, and up to two launches disappear.
 */
final class Squeezes {
    /** Up to so many elements of both weights, one multiprocessor reads them in less time than a second launch takes. */
    private static final long MOST_EXCITED = 160_000;
    /** Blocks of the convolution for each multiprocessor, so that all are busy to the end. */
    private static final int BLOCKS = 4;

    private final List<Squeeze> all = new ArrayList<>();
    private final Map<Integer, Squeeze> byTensor = new HashMap<>();
    private final Map<Squeeze, Address> places = new HashMap<>();
    private final long bytes;

    /**
     * One of them.
     *
     * @param picture what the convolution makes
     * @param means over its pixels, which nobody computes
     * @param reduced the result of the first product
     * @param reduction the first product
     * @param excited the result of the second product where one kernel computes both, else null
     * @param lines of the picture that are added up together
     * @param life in steps, and the bytes of its sums
     */
    private record Squeeze(
            Tensor picture, Tensor means, Tensor reduced, Op.Linear reduction, Tensor excited, int lines,
            Interval life) {
        private int strips() {
            return Math.ceilDiv(picture.shape().dim(1), lines);
        }
    }

    /** Where sums lie, and how many: strips of so many lines, of a picture of so many pixels. */
    record Sums(Address place, int lines, int strips, int pixels) {}

    /**
     * Finds those of a graph.
     *
     * @param start where in a slot its sums may lie
     */
    Squeezes(Graph graph, Precision precision, Gpu gpu, long start) {
        var uses = graph.uses();
        var readers = new HashMap<Integer, Integer>(); // of tensors that are read once
        for (int step = 0; step < graph.nodes().size(); step++) {
            for (var input : graph.nodes().get(step).op().inputs()) {
                if (uses[input.id()] == 1 || graph.nodes().get(step).op() instanceof Op.MeanSpatial) {
                    readers.put(input.id(), step);
                }
            }
        }
        var found = new Finder(graph, readers, precision, gpu);
        for (int step = 0; step < graph.nodes().size(); step++) {
            found.at(step);
        }
        var layout = Liveness.place(all.stream().map(Squeeze::life).toList(), Slot.ALIGNMENT);
        for (int i = 0; i < all.size(); i++) {
            places.put(all.get(i), Address.inSlot(start + layout.offsets()[i]));
        }
        bytes = layout.bytes();
    }

    private final class Finder {
        private final Graph graph;
        private final Map<Integer, Integer> readers;
        private final Precision precision;
        private final Gpu gpu;

        Finder(Graph graph, Map<Integer, Integer> readers, Precision precision, Gpu gpu) {
            this.graph = graph;
            this.readers = readers;
            this.precision = precision;
            this.gpu = gpu;
        }

        private Node reader(Tensor tensor) {
            var step = readers.get(tensor.id());
            return step == null ? null : graph.nodes().get(step);
        }

        private void at(int step) {
            var picture = graph.nodes().get(step).output();
            var mean = reader(picture);
            if (!(graph.nodes().get(step).op() instanceof Op.DepthwiseConv2d) || picture.shape().elements() == 0
                    || mean == null || !(mean.op() instanceof Op.MeanSpatial)
                    || !isFewRows(reader(mean.output()), mean.output())
                    || sharedBytes(256, picture.shape().dim(3)) > Lowering.SHARED_BYTES) {
                return;
            }
            var reduce = reader(mean.output());
            var expand = reader(reduce.output());
            boolean isWhole = isFewRows(expand, reduce.output()) && isSmall(reduce) && isSmall(expand)
                    && expand.output().shape().columns() == picture.shape().dim(3);
            int last = readers.get(isWhole ? reduce.output().id() : mean.output().id());
            int lines = lines(picture);
            long floats = (long) picture.shape().dim(0) * Math.ceilDiv(picture.shape().dim(1), lines)
                    * picture.shape().dim(3);
            add(new Squeeze(picture, mean.output(), reduce.output(), (Op.Linear) reduce.op(),
                    isWhole ? expand.output() : null, lines, new Interval(floats * Float.BYTES, step, last)));
        }

        private static boolean isSmall(Node product) {
            return 2 * ((Op.Linear) product.op()).weight().shape().elements() <= MOST_EXCITED;
        }

        private static boolean isFewRows(Node node, Tensor x) {
            return node != null && node.op() instanceof Op.Linear op && op.x().equals(x) && op.gate() == null
                    && op.epilogue().residual() == null && x.shape().rows() <= Lowering.FEW_ROWS;
        }

        private int lines(Tensor picture) {
            int height = picture.shape().dim(1);
            int channels = Math.ceilDiv(picture.shape().dim(3), Lowering.depthwiseChannels(precision));
            int strips = Math.ceilDiv(BLOCKS * gpu.multiprocessors(), channels * picture.shape().dim(0));
            return Math.ceilDiv(height, Math.clamp(strips, 1, height));
        }
    }

    private void add(Squeeze squeeze) {
        all.add(squeeze);
        byTensor.put(squeeze.picture.id(), squeeze);
        byTensor.put(squeeze.means.id(), squeeze);
        byTensor.put(squeeze.reduced.id(), squeeze);
        if (squeeze.excited != null) {
            byTensor.put(squeeze.excited.id(), squeeze);
        }
    }

    /** The shared memory of squeeze, as the comment above it says. */
    static int sharedBytes(int threads, int channels) {
        return Math.max(threads, channels) * Float.BYTES;
    }

    /** The memory that all sums take. */
    long bytes() {
        return bytes;
    }

    /** The sums that a convolution has to make, or that a product begins with; null for none. */
    Sums of(Tensor result) {
        var squeeze = byTensor.get(result.id());
        var shape = squeeze == null ? null : squeeze.picture.shape();
        return squeeze == null
                ? null
                : new Sums(places.get(squeeze), squeeze.lines, squeeze.strips(), shape.dim(1) * shape.dim(2));
    }

    /** Whether nobody reads a step's result, as a later kernel computes it for itself. */
    boolean isSkipped(Tensor result) {
        var squeeze = byTensor.get(result.id());
        return squeeze != null
                && (result.equals(squeeze.means) || squeeze.excited != null && result.equals(squeeze.reduced));
    }

    /** The first of the two products that one kernel computes, given the second's result. */
    Op.Linear reduction(Tensor excited) {
        return byTensor.get(excited.id()).reduction;
    }

    /** Whether a product is the second of two that one kernel computes. */
    boolean isExcited(Tensor result) {
        var squeeze = byTensor.get(result.id());
        return squeeze != null && result.equals(squeeze.excited);
    }
}
