// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.graph;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RepeatedGraphTest {
    /** Means over pixels: picture by picture. */
    private static Graph means(int pictures) {
        var ops = Ops.record();
        var x = ops.input("x", DType.F32, Shape.of(pictures, 4, 4, 3));
        return ops.graph(Map.of("mean", ops.meanSpatial(x)));
    }

    /** Each text's product with each picture. */
    private static Graph products(int pictures, int texts) {
        var ops = Ops.record();
        var a = ops.input("a", DType.F32, Shape.of(pictures, 8));
        var b = ops.input("b", DType.F32, Shape.of(texts, 8));
        return ops.graph(Map.of("logits", ops.matmul(a, b)));
    }

    @Test
    void aBatchOfPicturesIsOnePictureSeveralTimes() {
        assertTrue(means(5).isRepeated(means(1)));
    }

    @Test
    void whatHasItemsMeetEachOtherIsNot() {
        assertFalse(products(5, 5).isRepeated(products(1, 1)));
    }

    @Test
    void otherStepsAreNot() {
        assertFalse(means(5).isRepeated(products(1, 1)));
    }
}
