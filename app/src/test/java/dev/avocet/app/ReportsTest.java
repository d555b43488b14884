// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What models, doctor and bench tell, and that the fields of all JSON stay as they are documented. */
class ReportsTest {
    private static final String CASES =
            """
                    classify ../models/samples/cat.jpg --model tiny-vit --json  | image predictions
                    classify missing.jpg --model tiny-vit --json                | image error
                    zero-shot ../models/samples/cat.jpg --model tiny-align --labels a --json | image predictions
                    embed --model tiny-align --text a                           | text embedding
                    embed --model tiny-align --image ../models/samples/cat.jpg  | image embedding
                    embed --model tiny-align --image missing.jpg                | image error
                    tokenize --model tiny-align --text a                        | input_ids attention_mask
                    inspect tiny-vit --json | path model_type architectures config weights files totals metadata tensors
                    models --json           | model task training parameters bytes path
                    doctor --json           | avocet java platform memory compiler threads devices models hub packed_cache
                    bench --model tiny-vit --runs 1 --warmup 0 --json | model part device threads batch warmup runs min_ms \
                    median_ms p99_ms per_second gflop gflop_per_second weight_bytes scratch_bytes
                    explain --model tiny-vit --json | model part device threads batch outputs steps totals
                    profile --model tiny-align --part text --runs 1 --json | model part device threads batch tokens warmup runs \
                    steps kinds totals run_ms peak_gflop_per_second
                    """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = CASES)
    void theFieldsOfJsonStay(String line, String fields) {
        var words = new ArrayList<Object>(List.of(line.strip().split(" ")));
        words.addAll(List.of("--device", Cli.DEVICE));
        var first = Cli.run(words.toArray()).json().getFirst();
        assertEquals(List.of(fields.split(" ")), names(first));
        if (first.has("predictions")) {
            assertEquals(List.of("label", "score"), names(first.get("predictions").get(0)));
        }
    }

    private static List<String> names(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void modelsAreWhereTheListSays() {
        var models = Cli.ok("models", "--json").json();
        assertEquals(2, models.size());
        for (var model : models) {
            assertTrue(Files.isRegularFile(Path.of(model.get("path").asText(), "model.safetensors")), model.toString());
            assertTrue(Cli.ok("models").out().contains(model.get("path").asText()));
        }
        assertEquals(1_205_898, models.getFirst().get("parameters").asLong());
    }

    @Test
    void theDoctorTellsOfEveryDeviceAndWhyOneIsRefused() {
        var devices = Cli.ok("doctor", "--json").json().getFirst().get("devices");
        assertEquals(List.of("cpu", "cpu:baseline", "cpu:v3", "cpu:v4", "reference", "cuda"), names(devices));
        assertTrue(devices.get("reference").get("usable").asBoolean());
        assertFalse(devices.get("cuda").get("usable").asBoolean());
        for (var device : devices) {
            var told = device.get("usable").asBoolean() ? device.get("description") : device.get("reason");
            assertFalse(told.asText().isBlank(), devices.toString());
        }
        assertTrue(Cli.ok("doctor").out().contains(System.getProperty("java.home")));
    }

    @Test
    void theBenchTimesEachTowerOfAlign() {
        var parts =
                Cli.ok("bench", "--model", "tiny-align", "--device", Cli.DEVICE, "--runs", 3, "--warmup", 1, "--batch",
                        2, "--tokens", 16, "--json").json();
        assertEquals(2, parts.size());
        assertEquals("image", parts.getFirst().get("part").asText());
        assertEquals("text", parts.getLast().get("part").asText());
        assertEquals(16, parts.getLast().get("tokens").asInt());
        for (var part : parts) {
            double min = part.get("min_ms").asDouble();
            double median = part.get("median_ms").asDouble();
            assertTrue(0 < min && min <= median && median <= part.get("p99_ms").asDouble(), part.toString());
            assertEquals(2 / median * 1e3, part.get("per_second").asDouble(), 1e-6);
            assertEquals(part.get("gflop").asDouble() / median * 1e3, part.get("gflop_per_second").asDouble(), 1e-6);
        }
    }

    @Test
    void theBenchTellsPeopleTheSame() {
        var text = Cli.ok("bench", "--model", "tiny-vit", "--device", Cli.DEVICE, "--runs", 1, "--warmup", 0).out();
        assertTrue(text.contains("tiny-vit, 1 picture in a run, on "), text);
        assertTrue(text.contains("GFLOP/s") && text.contains("median"), text);
        text.lines().skip(1).forEach(line -> assertTrue(line.length() <= 80, line));
    }
}
