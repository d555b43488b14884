// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.graph;

import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;
import java.util.ArrayList;
import java.util.List;

/**
 * One operation of a graph: what a backend has to lower.
 *
 * <p>Fields that may be absent are null and documented so. {@link Ops} says what each operation computes.
 */
public sealed interface Op {
    /** The tensors that the operation reads, each once per use. */
    List<Tensor> inputs();

    /** The weights that the operation reads. */
    default List<Weight> weights() {
        return List.of();
    }

    /** The operation's name in messages and listings: its record's name with a small first letter. */
    default String name() {
        var simple = getClass().getSimpleName();
        return Character.toLowerCase(simple.charAt(0)) + simple.substring(1);
    }

    /**
     * What follows a product while its result is still in registers: {@code activation(y) + residual}.
     *
     * @param residual null, or a tensor of the result's shape
     */
    record Epilogue(Activation activation, Tensor residual) {
        /** Nothing follows. */
        public static final Epilogue NONE = new Epilogue(Activation.NONE, null);
    }

    /** An operation whose result an {@link Epilogue} may follow. */
    sealed interface Product extends Op {
        /** What follows. */
        Epilogue epilogue();

        /** The same operation with something else following. */
        Product with(Epilogue epilogue);
    }

    /** An operation that reads one tensor. */
    sealed interface Unary extends Op {
        /** What it reads. */
        Tensor x();

        @Override
        default List<Tensor> inputs() {
            return List.of(x());
        }
    }

    /** An operation that reads two tensors. */
    sealed interface Binary extends Op {
        /** The first one. */
        Tensor a();

        /** The second one. */
        Tensor b();

        @Override
        default List<Tensor> inputs() {
            return List.of(a(), b());
        }
    }

    /** A weight as a tensor. */
    record Constant(Weight weight) implements Op {
        @Override
        public List<Tensor> inputs() {
            return List.of();
        }

        @Override
        public List<Weight> weights() {
            return List.of(weight);
        }
    }

    /**
     * x [B,...,K] times weight [N,K] transposed.
     *
     * @param gate null, or [B,1,...,1,K]: multiplies x before the product
     * @param bias null, or [N]
     */
    record Linear(Tensor x, Tensor gate, Weight weight, Weight bias, Epilogue epilogue) implements Product {
        @Override
        public List<Tensor> inputs() {
            return present(x, gate, epilogue.residual());
        }

        @Override
        public List<Weight> weights() {
            return present(weight, bias);
        }

        @Override
        public Linear with(Epilogue next) {
            return new Linear(x, gate, weight, bias, next);
        }
    }

    /** Rows of a [M,K] times rows of b [N,K]. */
    record Matmul(Tensor a, Tensor b) implements Binary {}

    /**
     * A convolution of x [B,H,W,C] with weight [O,C,kh,kw].
     *
     * @param bias null, or [O]
     */
    record Conv2d(Tensor x, Weight weight, Weight bias, int stride, Padding padding, Epilogue epilogue)
            implements
            Product {
        @Override
        public List<Tensor> inputs() {
            return present(x, epilogue.residual());
        }

        @Override
        public List<Weight> weights() {
            return present(weight, bias);
        }

        @Override
        public Conv2d with(Epilogue next) {
            return new Conv2d(x, weight, bias, stride, padding, next);
        }
    }

    /**
     * A convolution of each channel of x [B,H,W,C] with its own kernel, weight [C,1,kh,kw].
     *
     * @param expansion null, or what makes these channels out of those that x has
     * @param bias null, or [C]
     */
    record DepthwiseConv2d(
            Tensor x,
            Expansion expansion,
            Weight weight,
            Weight bias,
            int stride,
            Padding padding,
            Epilogue epilogue)
            implements
            Product {
        /**
         * activation(x [B,H,W,K] times weight [C,K] transposed + bias).
         *
         * @param bias null, or [C]
         */
        public record Expansion(Weight weight, Weight bias, Activation activation) {}

        @Override
        public List<Tensor> inputs() {
            return present(x, epilogue.residual());
        }

        /** The shape of the pictures under the kernels: x, its channels expanded. */
        public Shape expanded() {
            return x.shape().with(3, weight.shape().dim(0));
        }

        @Override
        public List<Weight> weights() {
            return expansion == null
                    ? present(weight, bias)
                    : present(expansion.weight(), expansion.bias(), weight, bias);
        }

        @Override
        public DepthwiseConv2d with(Epilogue next) {
            return new DepthwiseConv2d(x, expansion, weight, bias, stride, padding, next);
        }
    }

    /**
     * Attention over q, k, v [B,S,H*d]; results: the context and, where asked for, the probabilities [B,H,S,S].
     *
     * @param mask null, or I32 [B,S], 0 where a key is padding
     */
    record Attention(Tensor q, Tensor k, Tensor v, Tensor mask, int heads, float scale) implements Op {
        @Override
        public List<Tensor> inputs() {
            return present(q, k, v, mask);
        }
    }

    /**
     * Attention over q, k, v [B,S,H*d] inside of each text.
     *
     * @param texts I32 [B,S]: neighbours with the same number are one text
     */
    record PackedAttention(Tensor q, Tensor k, Tensor v, Tensor texts, int heads, float scale) implements Op {
        @Override
        public List<Tensor> inputs() {
            return List.of(q, k, v, texts);
        }
    }

    /** Normalisation over the last axis. */
    record LayerNorm(Tensor x, Weight weight, Weight bias, float epsilon) implements Unary {
        @Override
        public List<Weight> weights() {
            return List.of(weight, bias);
        }
    }

    /** Softmax over the last axis. */
    record Softmax(Tensor x) implements Unary {}

    /** Rows of a table [V,D], by ids. */
    record Embedding(Tensor ids, Weight table) implements Op {
        @Override
        public List<Tensor> inputs() {
            return List.of(ids);
        }

        @Override
        public List<Weight> weights() {
            return List.of(table);
        }
    }

    /** Rows of x [...,D] by their numbers [N]. */
    record Gather(Tensor x, Tensor rows) implements Op {
        @Override
        public List<Tensor> inputs() {
            return List.of(x, rows);
        }
    }

    /** a + b, b repeated along its axes of extent 1. */
    record Add(Tensor a, Tensor b) implements Binary {}

    /** a times b, element by element, b repeated along its axes of extent 1. */
    record Multiply(Tensor a, Tensor b) implements Binary {}

    /** x times a number. */
    record Scale(Tensor x, float factor) implements Unary {}

    /** A function of each element. */
    record Activate(Tensor x, Activation function) implements Unary {}

    /** The mean over H and W of x [B,H,W,C]: [B,1,1,C]. */
    record MeanSpatial(Tensor x) implements Unary {}

    /** The maximum over H and W of x [B,H,W,C]: [B,1,1,C]. */
    record MaxSpatial(Tensor x) implements Unary {}

    /** Patches of a picture [B,C,H,W] as rows [B,(H/height)*(W/width),C*height*width]. */
    record Patchify(Tensor x, int height, int width) implements Unary {}

    /** Each row of the last axis divided by its Euclidean length. */
    record L2Normalize(Tensor x) implements Unary {}

    /** Tensors joined along one axis; on other axes an extent of 1 is repeated. */
    record Concat(List<Tensor> parts, int axis) implements Op {
        @Override
        public List<Tensor> inputs() {
            return parts;
        }
    }

    /** Positions {@code from} to {@code to} (exclusive) of one axis. */
    record Slice(Tensor x, int axis, int from, int to) implements Unary {}

    /** The same elements in C order under another shape. */
    record Reshape(Tensor x) implements Unary {}

    /** A picture [B,C,H,W] with its channels last: [B,H,W,C]. */
    record ChannelsLast(Tensor x) implements Unary {}

    /** A picture [B,H,W,C] with its channels first: [B,C,H,W]. */
    record ChannelsFirst(Tensor x) implements Unary {}

    @SafeVarargs
    private static <T> List<T> present(T... candidates) {
        var found = new ArrayList<T>(candidates.length);
        for (var candidate : candidates) {
            if (candidate != null) {
                found.add(candidate);
            }
        }
        return List.copyOf(found);
    }
}
