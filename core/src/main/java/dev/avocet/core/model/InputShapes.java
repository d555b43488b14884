// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model;

import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.ShapeException;
import java.util.Map;

/** Checks of what a model is given, with the words of its user. */
public final class InputShapes {
    private InputShapes() {}

    /** Throws {@link ShapeException} for an input that the model doesn't know. */
    public static void checkNames(Map<String, Shape> inputs, Map<String, DType> known) {
        for (var name : inputs.keySet()) {
            if (!known.containsKey(name)) {
                throw new ShapeException("there is no input \"" + name + "\"; this model takes " + known.keySet());
            }
        }
    }

    /** The shape of an input that must be there; -1 in {@code wanted} stands for any extent of at least 1. */
    public static Shape require(Map<String, Shape> inputs, String name, int... wanted) {
        var shape = inputs.get(name);
        if (shape == null) {
            throw new ShapeException("input \"" + name + "\" is missing; found " + inputs.keySet());
        }
        boolean fits = shape.rank() == wanted.length;
        for (int i = 0; fits && i < wanted.length; i++) {
            fits = wanted[i] == -1 ? shape.dim(i) >= 1 : shape.dim(i) == wanted[i];
        }
        if (!fits) {
            throw new ShapeException(name + ": wanted " + describe(wanted) + ", found " + shape);
        }
        return shape;
    }

    private static String describe(int... wanted) {
        var text = new StringBuilder("[");
        for (int i = 0; i < wanted.length; i++) {
            text.append(i == 0 ? "" : ",").append(wanted[i] == -1 ? "*" : wanted[i]);
        }
        return text.append(']').toString();
    }
}
