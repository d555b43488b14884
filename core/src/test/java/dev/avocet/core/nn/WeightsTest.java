// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class WeightsTest {
    private final Map<String, HostTensor> tensors = new TreeMap<>(Map.of(
            "layer.0.weight", HostTensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6f),
            "layer.1.weight", HostTensor.of(Shape.of(1, 3), 7, 8, 9f),
            "layer.0.count", new HostTensor(DType.I64, Shape.SCALAR, MemorySegment.ofArray(new byte[8]))));
    private final Weights weights = Weights.of(new Source(tensors));

    private record Source(Map<String, HostTensor> tensors) implements TensorSource {
        @Override
        public Set<String> names() {
            return tensors.keySet();
        }

        @Override
        public HostTensor tensor(String name) {
            return tensors.get(name);
        }

        @Override
        public String origin(String name) {
            return "model.safetensors";
        }
    }

    @Test
    void aMissingTensorIsNamedWithTheWantedShapeAndTheFile() {
        assertEquals(
                "tensor layer.0.bias is missing: wanted [2], found nothing in model.safetensors",
                mismatch(() -> weights.at("layer", 0).get("bias", 2)));
    }

    @Test
    void aWrongShapeIsNamedWithBothShapesAndTheFile() {
        assertEquals(
                "tensor layer.0.weight has another shape: wanted [3,2], found [2,3] in model.safetensors",
                mismatch(() -> weights.at("layer", 0).get("weight", 3, 2)));
    }

    @Test
    void integersAreNoWeights() {
        assertEquals(
                "tensor layer.0.count has another type: wanted floating point, found I64 in model.safetensors",
                mismatch(() -> weights.get("layer.0.count")));
    }

    @Test
    void aTensorThatNobodyReadIsNamedUnlessItIsIgnoredOnPurpose() {
        weights.at("layer", 0).get("weight", 2, 3);
        assertEquals(
                "tensor layer.1.weight is left over: wanted nothing, found F32 [1,3] in model.safetensors",
                mismatch(() -> weights.finish(name -> name.endsWith("count"))));
        weights.at("layer", 1).get("weight", 1, 3);
        weights.finish(name -> name.endsWith("count"));
    }

    @Test
    void stackedWeightsReadAsOneAcrossTheirBorder() {
        var stacked = Linear.stacked(
                Linear.withoutBias(weights.at("layer", 0), 3, 2), Linear.withoutBias(weights.at("layer", 1), 3, 1))
                .weight();
        assertEquals(Shape.of(3, 3), stacked.shape());
        var read = new float[6];
        stacked.read(4, read, 1, 4);
        assertArrayEquals(new float[] {0, 5, 6, 7, 8, 0}, read);
    }

    @Test
    void aRenamedTensorIsFoundReadAndReleasedUnderItsNewName() {
        tensors.put("old.weight", HostTensor.of(Shape.of(1), 5f));
        var renamed = Weights.of(new Source(tensors)).renamed(name -> name.replace("old.", "new."));
        assertArrayEquals(new float[] {5}, renamed.at("new").get("weight", 1).toFloats());
        renamed.finish(name -> name.startsWith("layer."));
    }

    @Test
    void aTensorWhoseNewNameIsTakenIsLeftOver() {
        var renamed = weights.renamed(name -> name.replace("layer.1", "layer.0"));
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, renamed.get("layer.0.weight", 2, 3).toFloats());
        assertEquals(
                "tensor layer.1.weight is left over: wanted nothing, found F32 [1,3] in model.safetensors",
                mismatch(() -> renamed.finish(name -> name.endsWith("count"))));
    }

    @Test
    void comparingFindsEverythingAndThrowsNothing() {
        var differences = new ArrayList<Mismatch>();
        var compared = Weights.comparing(new Source(tensors), differences);
        assertEquals(Shape.of(2), compared.at("layer", 0).get("bias", 2).shape());
        assertArrayEquals(new float[6], compared.at("layer", 0).get("weight", 3, 2).toFloats());
        compared.finish(name -> false);
        assertEquals(
                List.of(Mismatch.Kind.MISSING, Mismatch.Kind.SHAPE, Mismatch.Kind.LEFT_OVER, Mismatch.Kind.LEFT_OVER),
                differences.stream().map(Mismatch::kind).toList());
        assertEquals("layer.1.weight", differences.getLast().name());
    }

    private static String mismatch(Executable action) {
        return assertThrows(WeightMismatch.class, action).getMessage();
    }
}
