// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.AvocetException;
import dev.avocet.core.model.Config;
import dev.avocet.core.model.ConfigException;
import dev.avocet.core.model.Extent;
import dev.avocet.loader.checkpoint.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** pixel_values equal those of transformers' Pillow-backed processors, bit for bit. */
class PreprocessorTest {
    private static final String VIT = "ViTImageProcessor";
    private static final String EFFICIENT_NET = "EfficientNetImageProcessor";

    private static final Map<String, Object> ALIGN = Map.of("image_processor_type", EFFICIENT_NET, "do_center_crop",
            true, "rescale_factor", 1 / 127.5, "rescale_offset", true, "do_normalize", false, "include_top", false,
            "resample", 2);

    private static Preprocessor of(Map<String, ?> fields) {
        return Preprocessor.of(new Config("preprocessor_config.json", fields));
    }

    private static Preprocessor vit(String name, Object value) {
        return of(Map.of("image_processor_type", VIT, name, value));
    }

    private static float[] prepare(Preprocessor preprocessor, Image image) {
        var extent = preprocessor.framing().of(image);
        var values = new float[3 * extent.height() * extent.width()];
        preprocessor.preprocess(image, values, 0);
        return values;
    }

    static Stream<String[]> goldens() {
        return Resources.table("golden.txt").stream().filter(row -> row[0].matches("(vit\\d+|align)\\..*"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goldens")
    void photographsBecomeHuggingFacesNumbers(String name, String shape, String sha256) {
        var parts = name.split("\\.", 2);
        Map<String, ?> fields = ALIGN;
        if (parts[0].startsWith("vit")) {
            int side = Integer.parseInt(parts[0].substring(3));
            fields = Map.of("image_processor_type", VIT, "size", Map.of("height", side, "width", side), "resample",
                    side == 64 ? 3 : 2);
        }
        var preprocessor = of(fields);
        assertEquals(shape, "3," + preprocessor.height() + "," + preprocessor.width());
        var values = prepare(preprocessor, Image.read(Resources.bytes("photos/" + parts[1])));
        assertEquals(sha256, Resources.sha256(values));
    }

    static Stream<Arguments> processors() throws IOException {
        var file = Files.createTempFile("processors", ".json");
        try {
            var cases = (List<?>) JsonFile.read(Files.write(file, Resources.bytes("processors.json"))).get("cases");
            return IntStream.range(0, cases.size()).mapToObj(i -> Arguments.of(i, cases.get(i)));
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("processors")
    void everyFlagDoesWhatItDoesInTransformers(int number, Map<String, ?> expected) {
        var config = new Config("case " + number, expected).at("config");
        int width = ((Number) expected.get("width")).intValue();
        int height = ((Number) expected.get("height")).intValue();
        if (expected.get("shape") == null) {
            assertThrows(ConfigException.class,
                    () -> prepare(Preprocessor.of(config), Resources.noise(width, height)));
            return;
        }
        var image = Resources.noise(width, height);
        var preprocessor = Preprocessor.of(config);
        var extent = preprocessor.framing().of(image);
        assertEquals(expected.get("shape"), List.of(3L, (long) extent.height(), (long) extent.width()));
        assertEquals(expected.get("sha256"), Resources.sha256(prepare(preprocessor, image)));
    }

    @Test
    void theDefaultsAreThoseOfTheReferencesClasses() {
        var vit = of(Map.of("image_processor_type", VIT));
        assertEquals(new Extent(224, 224), new Extent(vit.height(), vit.width()));
        assertEquals(Resample.BILINEAR, vit.framing().resample());
        var efficientNet = of(Map.of("image_processor_type", EFFICIENT_NET));
        assertEquals(new Extent(346, 346), new Extent(efficientNet.height(), efficientNet.width()));
        assertEquals(Resample.BICUBIC, efficientNet.framing().resample());
        var cropped = of(Map.of("image_processor_type", EFFICIENT_NET, "do_center_crop", true));
        assertEquals(new Extent(289, 289), new Extent(cropped.height(), cropped.width()));
    }

    @Test
    void nullsInTheFileMeanTheDefaults() {
        var fields = new HashMap<String, Object>();
        fields.put("image_processor_type", VIT);
        fields.put("size", null);
        fields.put("do_normalize", null);
        fields.put("resample", null);
        assertEquals(224, of(fields).height());
    }

    @Test
    void numbersAreWrittenFromTheOffsetOnAndNowhereElse() {
        var preprocessor = vit("size", 5);
        var values = new float[3 * 25 + 7];
        Arrays.fill(values, 42);
        preprocessor.preprocess(Resources.noise(9, 7), values, 3);
        for (int i = 0; i < values.length; i++) {
            assertEquals(i < 3 || i >= 78, values[i] == 42, "value " + i);
        }
        assertThrows(IndexOutOfBoundsException.class,
                () -> preprocessor.preprocess(Resources.noise(9, 7), values, 8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ViTFeatureExtractor", "ViTImageProcessorFast", "ViTImageProcessorPil", "ViTImageProcessor"})
    void oldAndNewNamesMeanTheSame(String name) {
        assertInstanceOf(ViTPreprocessor.class, of(Map.of("image_processor_type", name)));
        assertInstanceOf(ViTPreprocessor.class, of(Map.of("feature_extractor_type", name)));
    }

    @Test
    void otherProcessorsAreRefusedByName() {
        var e = assertThrows(ConfigException.class, () -> of(Map.of("image_processor_type", "CLIPImageProcessor")));
        assertTrue(e.getMessage().contains("CLIPImageProcessor"), e.getMessage());
        assertThrows(ConfigException.class, () -> of(Map.of()));
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("size", Map.of("height", 3)),
                Arguments.of("size", Map.of("longest_edge", 3)),
                Arguments.of("size", Map.of("min_pixels", 3, "max_pixels", 9)),
                Arguments.of("size", Map.of("height", 0, "width", 4)),
                Arguments.of("size", "large"),
                Arguments.of("size", List.of(1, 2, 3)),
                Arguments.of("resample", 6),
                Arguments.of("resample", "bilinear"),
                Arguments.of("do_normalize", "yes"),
                Arguments.of("image_mean", List.of(0.5, 0.5)),
                Arguments.of("image_std", 0.0),
                Arguments.of("rescale_factor", "1/255"),
                Arguments.of("do_center_crop", true));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("wrong")
    void whatCannotBeDoneIsRefusedWithTheFieldsName(String name, Object value) {
        var e = assertThrows(ConfigException.class, () -> vit(name, value));
        assertTrue(e.getMessage().contains(name.equals("do_center_crop") ? "crop_size" : name), e.getMessage());
    }

    @Test
    void aProcessorThatKeepsProportionsHasNoOneSize() {
        var preprocessor = vit("size", Map.of("shortest_edge", 10));
        assertEquals(new Extent(10, 20), preprocessor.framing().of(Resources.noise(40, 20)));
        assertThrows(ConfigException.class, preprocessor::height);
    }

    @Test
    void aPictureTooThinForItsTargetIsRefused() {
        var preprocessor = vit("size", Map.of("max_height", 4, "max_width", 4));
        assertThrows(AvocetException.class, () -> prepare(preprocessor, Resources.noise(1, 100)));
    }

    @Test
    void theNestedConfigurationOfProcessorConfigWins(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("preprocessor_config.json"), "{\"image_processor_type\":\"" + VIT + "\"}");
        assertEquals(224, Preprocessor.load(folder).height());
        Files.writeString(folder.resolve("processor_config.json"), "{\"processor_class\":\"AlignProcessor\"}");
        assertEquals(224, Preprocessor.load(folder).height());
        Files.writeString(folder.resolve("processor_config.json"),
                "{\"image_processor\":{\"image_processor_type\":\"" + EFFICIENT_NET + "\"}}");
        assertEquals(346, Preprocessor.load(folder).height());
    }

    @Test
    void aFileThatNamesNoProcessorGetsTheModelsOwn(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("preprocessor_config.json"), "{\"size\": 32}");
        assertThrows(ConfigException.class, () -> Preprocessor.load(folder));
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"vit\"}");
        assertInstanceOf(ViTPreprocessor.class, Preprocessor.load(folder));
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"align\"}");
        assertInstanceOf(EfficientNetPreprocessor.class, Preprocessor.load(folder));
    }

    @Test
    void aFolderWithoutTheFileIsRefusedByName(@TempDir Path folder) {
        var e = assertThrows(ConfigException.class, () -> Preprocessor.load(folder));
        assertTrue(e.getMessage().contains("preprocessor_config.json"), e.getMessage());
    }
}
