// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Session;
import dev.avocet.core.nn.WeightMismatch;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.Pretrained;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checkpoints as versions 2 to 5 of transformers wrote them: the same model, whatever its tensors are called. */
class VersionsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void otherNamesMakeTheSameModel(String what, String model, UnaryOperator<String> rename) throws IOException {
        try (var original = Checkpoint.open(GOLDEN.resolve(model))) {
            var renamed = new LinkedHashMap<String, HostTensor>();
            original.names().forEach(name -> renamed.put(rename.apply(name), original.tensor(name)));
            assertTrue(!renamed.keySet().equals(original.names()), "something is renamed");
            write(model, renamed);
        }
        assertArrayEquals(results(GOLDEN.resolve(model), model), results(folder, model));
    }

    static List<Arguments> otherNamesMakeTheSameModel() {
        return List.of(
                named("ViT of version 5, not in the original format", "vit-square", VersionsTest::asInVersion5),
                named("the same without a prefix", "vit-square",
                        name -> asInVersion5(name).replaceFirst("^vit\\.", "")),
                named("a ViT without a prefix", "vit-square", name -> name.replaceFirst("^vit\\.", "")),
                named("BERT below a prefix", "bert-plain", name -> "bert." + name),
                named("BERT of TensorFlow's names", "bert-plain", VersionsTest::asInTensorflow),
                named("the same below a prefix", "bert-plain", name -> "bert." + asInTensorflow(name)),
                named("ALIGN with a text tower of TensorFlow's names", "align-odd", VersionsTest::asInTensorflow));
    }

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource
    void whatInferenceHasNoUseForIsIgnoredByName(String extra, String model) throws IOException {
        write(model, with(model, extra));
        assertArrayEquals(results(GOLDEN.resolve(model), model), results(folder, model));
    }

    static List<Arguments> whatInferenceHasNoUseForIsIgnoredByName() {
        return List.of(
                Arguments.of("text_model.embeddings.position_ids", "align-odd"),
                Arguments.of("vision_model.encoder.blocks.0.projection.project_bn.num_batches_tracked", "align-odd"),
                Arguments.of("embeddings.position_ids", "bert-plain"),
                Arguments.of("embeddings.token_type_ids", "bert-plain"),
                Arguments.of("cls.predictions.bias", "bert-plain"),
                Arguments.of("vit.embeddings.mask_token", "vit-square"));
    }

    @Test
    void aNormWithBothOfItsNamesIsRefused() throws IOException {
        write("bert-plain", with("bert-plain", "embeddings.LayerNorm.gamma"));
        var refusal = assertThrows(WeightMismatch.class, () -> Pretrained.open(folder));
        assertTrue(refusal.getMessage().contains("embeddings.LayerNorm.gamma is left over"), refusal.getMessage());
    }

    @Test
    void anythingElseIsLeftOver() throws IOException {
        write("vit-square", with("vit-square", "vit.layers.0.mlp.fc3.weight"));
        var refusal = assertThrows(WeightMismatch.class, () -> Pretrained.open(folder));
        assertTrue(refusal.getMessage().contains("is left over"), refusal.getMessage());
    }

    private static Arguments named(String what, String model, UnaryOperator<String> rename) {
        return Arguments.of(what, model, rename);
    }

    private static String asInTensorflow(String name) {
        return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
    }

    /** As transformers 5.23 names them with save_original_format=False. */
    private static String asInVersion5(String name) {
        return name.replace("encoder.layer.", "layers.")
                .replace("attention.attention.query", "attention.q_proj")
                .replace("attention.attention.key", "attention.k_proj")
                .replace("attention.attention.value", "attention.v_proj")
                .replace("attention.output.dense", "attention.o_proj")
                .replace("intermediate.dense", "mlp.fc1")
                .replaceFirst("(layers\\.\\d+\\.)output\\.dense", "$1mlp.fc2");
    }

    private static Map<String, HostTensor> with(String model, String extra) {
        var tensors = new LinkedHashMap<String, HostTensor>();
        try (var original = Checkpoint.open(GOLDEN.resolve(model))) {
            original.names().forEach(name -> tensors.put(name, original.read(name, VersionsTest::copy)));
        }
        tensors.put(extra, HostTensor.of(Shape.of(1), 7));
        return tensors;
    }

    private static HostTensor copy(HostTensor view) {
        var bytes = view.data().toArray(ValueLayout.JAVA_BYTE);
        return new HostTensor(view.dtype(), view.shape(), MemorySegment.ofArray(bytes));
    }

    private void write(String model, Map<String, HostTensor> tensors) throws IOException {
        Files.copy(GOLDEN.resolve(model).resolve("config.json"), folder.resolve("config.json"));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
    }

    /** All numbers of all results, for the golden's inputs. */
    private static float[] results(Path folder, String model) {
        try (var pretrained = Pretrained.open(folder);
                var golden = Checkpoint.open(GOLDEN.resolve(model).resolve("golden.safetensors"));
                var device = Device.firstOf(TestDevices.fastest());
                var session = Session.open(model, pretrained.model()::forward, device)) {
            var inputs = new LinkedHashMap<String, HostTensor>();
            pretrained.model().inputs().forEach((name, type) -> {
                if (golden.names().contains("in." + name)) {
                    inputs.put(name, golden.read("in." + name, tensor -> type == DType.I32
                            ? HostTensor.of(tensor.shape(), tensor.toInts())
                            : HostTensor.of(tensor.shape(), tensor.toFloats())));
                }
            });
            var shapes = new LinkedHashMap<String, Shape>();
            inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
            var numbers = FloatBuffer.allocate(1 << 20);
            session.run(inputs, new ArrayList<>(session.results(shapes).keySet()))
                    .values().forEach(result -> numbers.put(result.toFloats()));
            return Arrays.copyOf(numbers.array(), numbers.position());
        }
    }
}
