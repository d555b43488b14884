// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.graph;

import dev.avocet.core.AvocetException;

/** The element-wise functions that follow a product; names and formulas as in Hugging Face's {@code ACT2FN}. */
public enum Activation {
    /** x. */
    NONE,
    /** x &middot; &Phi;(x), with the error function. */
    GELU,
    /** The tanh approximation of {@link #GELU}: x/2 &middot; (1 + tanh(&radic;(2/&pi;) (x + 0.044715 x&sup3;))). */
    GELU_TANH,
    /** x &middot; sigmoid(1.702 x). */
    QUICK_GELU,
    /** x &middot; sigmoid(x), also called SiLU. */
    SWISH,
    /** 1 / (1 + exp(-x)). */
    SIGMOID,
    /** The hyperbolic tangent. */
    TANH,
    /** max(x, 0). */
    RELU;

    /**
     * The function that a configuration's {@code hidden_act} names; throws {@link AvocetException} for an unknown one.
     */
    public static Activation named(String name) {
        return switch (name) {
            case "gelu", "gelu_python" -> GELU;
            case "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_accurate", "gelu_python_tanh" -> GELU_TANH;
            case "quick_gelu" -> QUICK_GELU;
            case "swish", "silu" -> SWISH;
            case "sigmoid" -> SIGMOID;
            case "tanh" -> TANH;
            case "relu" -> RELU;
            case "linear" -> NONE;
            default -> throw new AvocetException("activation \"" + name
                    + "\" is not supported; known are gelu, gelu_new,"
                    + " gelu_fast, gelu_pytorch_tanh, gelu_accurate, quick_gelu, silu, swish, sigmoid, tanh, relu, linear");
        };
    }
}
