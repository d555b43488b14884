// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.graph.Activation;
import dev.avocet.core.graph.Node;
import dev.avocet.core.graph.Op;
import dev.avocet.core.tensor.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How listings name a step of a plan.
 *
 * @param operation the operation and what distinguishes it from others of its name: {@code conv2d 3x3/2}
 * @param fused what is computed in the same pass: {@code bias}, {@code gelu}, {@code residual}
 */
record OperationLabel(String operation, List<String> fused) {
    /** Operations that spend their time alike. */
    enum Kind {
        LINEAR, CONVOLUTION, DEPTHWISE, BOTTLENECK, ATTENTION, NORM, ELEMENTWISE, POOLING, MOVING;

        static Kind of(Op op) {
            return switch (op) {
                case Op.Linear _,Op.Matmul _ -> LINEAR;
                case Op.Conv2d _ -> CONVOLUTION;
                case Op.DepthwiseConv2d depthwise -> depthwise.expansion() == null ? DEPTHWISE : BOTTLENECK;
                case Op.Attention _,Op.PackedAttention _ -> ATTENTION;
                case Op.LayerNorm _,Op.Softmax _,Op.L2Normalize _ -> NORM;
                case Op.Add _,Op.Multiply _,Op.Scale _,Op.Activate _ -> ELEMENTWISE;
                case Op.MeanSpatial _,Op.MaxSpatial _ -> POOLING;
                case Op.Constant _,Op.Embedding _,Op.Gather _,Op.Patchify _,Op.Concat _,Op.Slice _,Op.Reshape _,Op.ChannelsLast _,Op.ChannelsFirst _ ->
                    MOVING;
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static OperationLabel of(Node node) {
        var fused = new ArrayList<String>();
        var operation = switch (node.op()) {
            case Op.Linear op -> {
                add(fused, op.gate() != null, "gate");
                yield product(op, op.bias(), fused);
            }
            case Op.Conv2d op -> product(op, op.bias(), fused) + window(op.weight(), op.stride());
            case Op.DepthwiseConv2d op -> (op.expansion() == null ? "" : "expand+")
                    + product(op, op.bias(), fused) + window(op.weight(), op.stride());
            case Op.Attention op -> {
                add(fused, op.mask() != null, "mask");
                add(fused, node.outputs().size() > 1, "probabilities");
                yield op.name();
            }
            case Op.Activate op -> op.name() + " " + lower(op.function());
            case Op op -> op.name();
        };
        return new OperationLabel(operation, List.copyOf(fused));
    }

    private static String product(Op.Product op, Weight bias, List<String> fused) {
        add(fused, bias != null, "bias");
        add(fused, op.epilogue().activation() != Activation.NONE, lower(op.epilogue().activation()));
        add(fused, op.epilogue().residual() != null, "residual");
        return op instanceof Op.DepthwiseConv2d ? "depthwise" : op.name();
    }

    /** Height and width of the kernel, and the stride where it is not 1. */
    private static String window(Weight weight, int stride) {
        return " " + weight.shape().dim(2) + "x" + weight.shape().dim(3) + (stride == 1 ? "" : "/" + stride);
    }

    private static void add(List<String> parts, boolean present, String part) {
        if (present) {
            parts.add(part);
        }
    }

    private static String lower(Activation function) {
        return function.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return fused.isEmpty() ? operation : operation + "+" + String.join("+", fused);
    }
}
