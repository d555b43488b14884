// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainTest {
    @ParameterizedTest
    @ValueSource(strings = {"tiny-vit", "tiny-align"})
    void theTotalsAreTheSumsOfTheSteps(String model) {
        for (var device : List.of(Cli.DEVICE, "reference")) {
            for (var part : explain("--model", model, "--batch", 3, "--device", device)) {
                var totals = part.get("totals");
                assertEquals(totals.get("steps").asInt(), part.get("steps").size());
                assertEquals(totals.get("gflop").asDouble(), sum(part, "gflop"), 1e-9);
                for (var bytes : List.of("weight_bytes", "read_bytes", "written_bytes")) {
                    assertEquals(totals.get(bytes).asDouble(), sum(part, bytes), bytes);
                }
                assertTrue(totals.get("packed_bytes").asLong() > 0 && totals.get("scratch_bytes").asLong() > 0);
            }
        }
    }

    @Test
    void itCountsAsTheBenchDoesOnAnyDevice() {
        var explained = explain("--model", "tiny-align", "--tokens", 16, "--device", Cli.DEVICE);
        var plain = explain("--model", "tiny-align", "--tokens", 16, "--device", "reference");
        var benched = Cli.ok("bench", "--model", "tiny-align", "--tokens", 16, "--device", Cli.DEVICE, "--runs", 1,
                "--warmup", 0, "--json").json();
        for (int i = 0; i < 2; i++) {
            var gflop = benched.get(i).get("gflop");
            assertEquals(gflop, explained.get(i).get("totals").get("gflop"));
            assertEquals(gflop, plain.get(i).get("totals").get("gflop"));
        }
    }

    @Test
    void aStepTellsWhatIsComputedInOnePassAndWhere() {
        var gelu = StreamSupport.stream(explain("--model", "tiny-vit", "--device", Cli.DEVICE).getFirst().get("steps")
                .spliterator(), false).filter(step -> step.toString().contains("gelu")).toList();
        assertEquals(6, gelu.size());
        if (Cli.DEVICE.equals("cpu")) {
            assertEquals("linear", gelu.get(3).get("operation").asText());
            assertEquals("[\"bias\",\"gelu\"]", gelu.get(3).get("fused").toString());
            assertEquals("encoder.layer.3.mlp", gelu.get(3).get("layer").asText());
            assertEquals("[1,65,512]", gelu.get(3).get("shape").toString());
        }
    }

    @Test
    void oneTowerOfAlignMayBeChosen() {
        assertEquals(List.of("image", "text"), parts(explain("--model", "tiny-align")));
        assertEquals(List.of("text"), parts(explain("--model", "tiny-align", "--part", "text")));
        var failure = Cli.run("explain", "--model", "tiny-vit", "--part", "text");
        assertTrue(failure.complaint().endsWith("this model has no text part; leave out --part"), failure.err());
        assertEquals(1, failure.code());
    }

    @Test
    void otherOutputsTakeOtherSteps() {
        var layer = "vision_model_output.hidden_states.1";
        var only = explain("--model", "tiny-align", "--outputs", layer);
        assertEquals(List.of("image"), parts(only));
        assertTrue(
                only.getFirst().get("steps").size() < explain("--model", "tiny-align").getFirst().get("steps").size());
        assertEquals("[\"" + layer + "\"]", only.getFirst().get("outputs").toString());
        assertEquals(2, explain("--model", "tiny-align", "--outputs", "image_embeds,text_embeds").size());
        var failure = Cli.run("explain", "--model", "tiny-vit", "--outputs", "logits,nonsense");
        assertTrue(failure.complaint().contains("there is no output \"nonsense\""), failure.err());
    }

    @Test
    void peopleGetATableThatFitsTheirScreen() {
        var text = Cli.ok("explain", "--model", "tiny-align", "--device", Cli.DEVICE).outLines();
        text.forEach(line -> assertTrue(line.length() <= 120, line));
        assertTrue(text.getFirst().startsWith("tiny-align, 1 picture in a run, on "), text.getFirst());
        assertEquals(2, text.stream().filter(line -> line.startsWith(" #  operation ")).count());
        assertTrue(text.stream().anyMatch(line -> line.matches(" +all \\d+ .* MB .*")), String.join("\n", text));
    }

    @Test
    void aViTLargeTakes382GflopAndNoneOfItsWeightsAreRead(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "vit", "image_size": 384, "patch_size": 16, "hidden_size": 1024, "num_hidden_layers": 24,
                 "num_attention_heads": 16, "intermediate_size": 4096, "num_labels": 1000}""");
        writeWithoutData(folder.resolve("model.safetensors"), vitLarge());
        var totals = explain("--model", folder, "--device", Cli.DEVICE).getFirst().get("totals");
        assertEquals(382.1, totals.get("gflop").asDouble(), 0.1);
        assertEquals(1.22e9, totals.get("weight_bytes").asDouble(), 0.01e9);
    }

    private static Map<String, int[]> vitLarge() {
        var tensors = new LinkedHashMap<String, int[]>();
        tensors.put("vit.embeddings.cls_token", new int[] {1, 1, 1024});
        tensors.put("vit.embeddings.position_embeddings", new int[] {1, 577, 1024});
        layer(tensors, "vit.embeddings.patch_embeddings.projection", 1024, 3, 16, 16);
        for (int i = 0; i < 24; i++) {
            var layer = "vit.encoder.layer." + i + ".";
            for (var name : List.of("attention.attention.query", "attention.attention.key", "attention.attention.value",
                    "attention.output.dense")) {
                layer(tensors, layer + name, 1024, 1024);
            }
            layer(tensors, layer + "intermediate.dense", 4096, 1024);
            layer(tensors, layer + "output.dense", 1024, 4096);
            layer(tensors, layer + "layernorm_before", 1024);
            layer(tensors, layer + "layernorm_after", 1024);
        }
        layer(tensors, "vit.layernorm", 1024);
        layer(tensors, "classifier", 1000, 1024);
        return tensors;
    }

    private static void layer(Map<String, int[]> tensors, String name, int... weight) {
        tensors.put(name + ".weight", weight);
        tensors.put(name + ".bias", new int[] {weight[0]});
    }

    /** A checkpoint whose data is a hole in the file, which takes no room on the disk. */
    private static void writeWithoutData(Path path, Map<String, int[]> tensors) throws IOException {
        var entries = new ArrayList<String>();
        long end = 0;
        for (var tensor : tensors.entrySet()) {
            long begin = end;
            end += 4 * LongStream.range(0, tensor.getValue().length)
                    .map(axis -> tensor.getValue()[(int) axis]).reduce(1, (a, b) -> a * b);
            entries.add("\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                    .formatted(tensor.getKey(), Arrays.toString(tensor.getValue()), begin, end));
        }
        var header = entries.stream().collect(Collectors.joining(",", "{", "}")).getBytes(StandardCharsets.UTF_8);
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
            file.write(header);
            file.setLength(8 + header.length + end);
        }
    }

    private static List<JsonNode> explain(Object... options) {
        var words = new ArrayList<Object>(List.of("explain", "--json"));
        words.addAll(List.of(options));
        return Cli.ok(words.toArray()).json();
    }

    private static List<String> parts(List<JsonNode> explained) {
        return explained.stream().map(each -> each.get("part").asText()).toList();
    }

    private static double sum(JsonNode part, String field) {
        return IntStream.range(0, part.get("steps").size())
                .mapToDouble(i -> part.get("steps").get(i).get(field).asDouble()).sum();
    }
}
