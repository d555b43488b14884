// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.avocet.core.graph.Node;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Weight;
import dev.avocet.loader.Pretrained;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/**
 * What the engine makes of a checkpoint's weights before they are packed: folded, stacked, renamed.
 *
 * <p>Packed weights that were kept on the disk are taken by later versions of Avocet as long as PackedFile.VERSION in kernels/cpu
 * is the same. Whoever changes a derived weight, so that these digests are others, has to raise it along with them.
 */
class DerivedWeightsTest {
    private static String digest(Path folder, Map<String, Shape> inputs) throws ReflectiveOperationException {
        var digest = new CRC32();
        try (var pretrained = Pretrained.open(folder)) {
            var ops = Ops.record();
            for (var node : ops.graph(pretrained.model().forward(ops, inputs)).nodes()) {
                add(node, digest);
            }
        }
        return Long.toHexString(digest.getValue());
    }

    private static void add(Node node, CRC32 digest) throws ReflectiveOperationException {
        for (var field : node.op().getClass().getRecordComponents()) {
            switch (field.getAccessor().invoke(node.op())) {
                case Weight weight -> add(weight, digest);
                case List<?> several -> several.stream().filter(Weight.class::isInstance).map(Weight.class::cast)
                        .forEach(weight -> add(weight, digest));
                case null, default -> {}
            }
        }
    }

    private static void add(Weight weight, CRC32 digest) {
        digest.update((weight.name() + weight.shape()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        var values = weight.toFloats();
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes);
    }

    @Test
    void theDigestOfDerivedWeightsChangesOnlyTogetherWithTheVersionOfWhatIsKept() throws ReflectiveOperationException {
        assertEquals("7e8acca", digest(Bundled.TINY_VIT, Map.of("pixel_values", Shape.of(1, 3, 32, 32))));
        assertEquals("f942edd6", digest(Bundled.TINY_ALIGN, Map.of("pixel_values", Shape.of(1, 3, 32, 32), "input_ids",
                Shape.of(1, 8), "attention_mask", Shape.of(1, 8))));
    }
}
