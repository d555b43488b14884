// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.avocet.core.backend.Device;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bundled models give what Hugging Face gives for the sample pictures, to 1e-4 of probability. */
class BundledModelsTest {
    private static final double CLOSE = 1e-4;

    static List<String> devices() {
        return TestDevices.names();
    }

    @ParameterizedTest
    @MethodSource("devices")
    void tinyVitSeesTheSameClassesInTheSameOrder(String deviceName) {
        try (var device = Device.firstOf(deviceName); var vit = ImageClassifier.load(Bundled.TINY_VIT, device)) {
            var expected = Bundled.expected().at("classify");
            Bundled.samples().forEach((name, image) -> {
                var top = vit.classify(image, 5);
                var wanted = (List<?>) expected.fields().get(name);
                assertEquals(wanted.size(), top.size(), name);
                for (int i = 0; i < top.size(); i++) {
                    var entry = (Map<?, ?>) wanted.get(i);
                    assertEquals(entry.get("label"), top.get(i).label(), name);
                    assertEquals(((Number) entry.get("score")).doubleValue(), top.get(i).score(), CLOSE, name);
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void tinyAlignScoresFreeLabelsTheSame(String deviceName) {
        try (var device = Device.firstOf(deviceName); var align = Align.load(Bundled.TINY_ALIGN, device)) {
            var labels = align.labels(Bundled.template(), Bundled.labels());
            var expected = Bundled.expected().at("zero_shot");
            Bundled.samples().forEach((name, image) -> {
                var wanted = expected.at(name);
                for (var prediction : align.zeroShot(image, labels)) {
                    assertEquals(wanted.number(prediction.label(), -1), prediction.score(), CLOSE, name);
                    assertEquals(Bundled.labels().get(prediction.index()), prediction.label());
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void tinyAlignEmbedsPicturesAtTheSamePlace(String deviceName) {
        try (var device = Device.firstOf(deviceName); var align = Align.load(Bundled.TINY_ALIGN, device)) {
            var expected = Bundled.expected().at("image_embeds_first4");
            Bundled.samples().forEach((name, image) -> {
                var wanted = expected.numbers(name, List.of());
                var embedding = align.embed(image);
                assertEquals(align.dimensions(), embedding.length);
                for (int i = 0; i < wanted.size(); i++) {
                    assertEquals(wanted.get(i), embedding[i], 1e-5, name);
                }
            });
        }
    }
}
