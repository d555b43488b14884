// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {
    @TempDir
    private Path folder;

    @Test
    void aModelShowsItsConfigurationItsTensorsAndItsTotals() {
        var result = Cli.ok("inspect", "tiny-vit");
        assertTrue(result.out().contains("ViTForImageClassification"), result.out());
        assertTrue(result.out().contains("vit.encoder.layer.5.attention.attention.query.weight"), result.out());
        assertTrue(result.out().contains("1.21 million parameters, 4.82 MB (F32 4.82 MB)"), result.out());
        assertTrue(result.out().lines().anyMatch(line -> line.matches("weights +complete")), result.out());
    }

    @Test
    void jsonHasEveryTensorAndAddsUp() {
        var json = Cli.ok("inspect", "tiny-align", "--json").json().getFirst();
        assertEquals("align", json.get("model_type").asText());
        assertEquals("AlignModel", json.get("architectures").get(0).asText());
        assertEquals(160, json.get("config").get("projection_dim").asInt());
        assertEquals(128, json.get("config").get("text_config.hidden_size").asInt());
        assertTrue(json.get("weights").get("complete").asBoolean());
        assertTrue(json.get("weights").get("problem").isNull());
        assertEquals(1_493_417, json.get("totals").get("parameters").asLong());
        long bytes = 0;
        for (var tensor : json.get("tensors")) {
            bytes += tensor.get("bytes").asLong();
        }
        assertEquals(json.get("totals").get("bytes").asLong(), bytes);
        assertEquals(json.get("totals").get("tensors").asInt(), json.get("tensors").size());
    }

    @Test
    void tensorsThatInferenceHasNoUseForAreNamed() {
        var ignored = Cli.ok("inspect", "tiny-align", "--json").json().getFirst().get("weights").get("ignored");
        assertFalse(ignored.isEmpty());
        ignored.forEach(name -> assertTrue(name.asText().endsWith(".num_batches_tracked"), name.asText()));
    }

    @Test
    void aFileShowsItsTensorsAlone() {
        var file = folder.resolve("some.safetensors");
        SafetensorsWriter.write(file, Map.of("x", HostTensor.zeros(DType.F32, Shape.of(2, 3))),
                Map.of("made by", "hand"));
        var json = Cli.ok("inspect", file, "--json").json().getFirst();
        assertEquals("{\"name\":\"x\",\"dtype\":\"F32\",\"shape\":[2,3],\"bytes\":24}",
                json.get("tensors").get(0).toString());
        assertEquals("hand", json.get("metadata").get("made by").asText());
        assertNull(json.get("weights"));
        assertTrue(Cli.ok("inspect", file).out().contains("made by = hand"));
    }

    @Test
    void aMissingTensorIsNamed() throws IOException {
        var result = inspectChanged(tensors -> tensors.remove("vit.layernorm.bias"));
        assertTrue(
                result.complaint().startsWith("tensor vit.layernorm.bias is missing: wanted [48], found nothing in "),
                result.err());
        assertFalse(result.json().getFirst().get("weights").get("complete").asBoolean());
        assertEquals(1, result.code());
    }

    @Test
    void aSurplusTensorIsNamed() throws IOException {
        var result = inspectChanged(tensors -> tensors.put("vit.extra", HostTensor.zeros(DType.F32, Shape.of(3))));
        assertTrue(result.complaint().startsWith("tensor vit.extra is left over: wanted nothing, found F32 [3] in "),
                result.err());
        assertEquals(1, result.code());
    }

    @Test
    void aTensorOfAnotherShapeIsNamed() throws IOException {
        var result = inspectChanged(
                tensors -> tensors.put("classifier.bias", HostTensor.zeros(DType.F32, Shape.of(9))));
        assertTrue(result.complaint().startsWith("tensor classifier.bias has another shape: wanted [7], found [9] in "),
                result.err());
    }

    @Test
    void everythingThatDiffersIsListedAtOnce() throws IOException {
        var result = inspectChanged(tensors -> {
            tensors.remove("vit.layernorm.bias");
            tensors.remove("vit.encoder.layer.1.output.dense.weight");
            tensors.put("vit.extra", HostTensor.zeros(DType.F32, Shape.of(3)));
            tensors.put("classifier.bias", HostTensor.zeros(DType.F32, Shape.of(9)));
            tensors.put("vit.layernorm.weight", HostTensor.zeros(DType.I32, Shape.of(48)));
            tensors.put("vit.embeddings.mask_token", HostTensor.zeros(DType.F32, Shape.of(1, 1, 48)));
        });
        var weights = result.json().getFirst().get("weights");
        var found = new ArrayList<String>();
        weights.get("differences").forEach(each -> found.add(each.get("kind").asText() + " " + each.get("name").asText()
                + " " + each.get("wanted").asText() + " " + each.get("found").asText()));
        assertEquals(List.of(
                "missing vit.encoder.layer.1.output.dense.weight [48,80] nothing",
                "type vit.layernorm.weight floating point I32",
                "missing vit.layernorm.bias [48] nothing",
                "shape classifier.bias [7] [9]",
                "left_over vit.extra nothing F32 [3]"), found);
        assertEquals("[\"vit.embeddings.mask_token\"]", weights.get("ignored").toString());
        assertTrue(result.complaint().contains(" (and 4 more, the last vit.extra)"), result.err());
        var text = Cli.run("inspect", folder).out();
        assertTrue(text.contains(
                "do not fit the configuration: 2 missing, 1 left over, 1 of another shape, 1 of another type"), text);
        assertTrue(text.lines().anyMatch(line -> line.matches("of another shape +\\[7] +\\[9] +classifier.bias")),
                text);
        assertTrue(text.lines().anyMatch(line -> line.matches("not needed +vit.embeddings.mask_token")), text);
    }

    @Test
    void manyTensorsThatAreNotNeededAreSummedUp() {
        var text = Cli.ok("inspect", "tiny-align").out();
        assertTrue(text.lines().anyMatch(line -> line.matches(
                " +vision_model.encoder.blocks.\\*.projection.project_bn.num_batches_tracked \\(8\\)")), text);
        text.lines().limit(60).forEach(line -> assertTrue(line.length() <= 120, line));
    }

    private Cli.Result inspectChanged(Consumer<Map<String, HostTensor>> change) throws IOException {
        var source = Cli.GOLDEN.resolve("vit-square");
        Files.copy(source.resolve("config.json"), folder.resolve("config.json"));
        try (var checkpoint = Checkpoint.open(source.resolve("model.safetensors"))) {
            var tensors = new LinkedHashMap<String, HostTensor>();
            checkpoint.names().forEach(name -> tensors.put(name, checkpoint.tensor(name)));
            change.accept(tensors);
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
        }
        return Cli.run("inspect", folder, "--json");
    }

    @Test
    void aModelOfAnUnknownKindStillShowsItsTensors() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"clip\"}");
        SafetensorsWriter.write(folder.resolve("model.safetensors"),
                Map.of("x", HostTensor.zeros(DType.F32, Shape.of(2))), Map.of());
        var result = Cli.run("inspect", folder);
        assertEquals(1, result.code());
        assertTrue(result.complaint().contains("model_type \"clip\" is not supported"), result.err());
        assertTrue(result.out().contains("1 tensor in 1 file"), result.out());
    }
}
