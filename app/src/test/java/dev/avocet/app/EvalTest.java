// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.avocet.coyo.eval.EmbeddingTable;
import dev.avocet.loader.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalTest {
    @TempDir
    private static Path folder;
    private static JsonNode expected;
    private static String labels;

    @BeforeAll
    static void read() throws IOException {
        expected = Cli.parse(Files.readString(Cli.MODELS.resolve("expected.json")));
        var all = new ArrayList<String>();
        expected.get("labels").forEach(label -> all.add(label.asText()));
        labels = String.join(",", all);
    }

    private static Cli.Result ok(Object... args) {
        var all = new ArrayList<Object>(List.of("eval"));
        all.addAll(List.of(args));
        all.addAll(List.of("--device", Cli.DEVICE));
        return Cli.ok(all.toArray());
    }

    private static double value(JsonNode result, String metric) {
        for (var each : result.get("metrics")) {
            if (each.get("metric").asText().equals(metric)) {
                return each.get("value").asDouble();
            }
        }
        throw new AssertionError(metric + " is not in " + result);
    }

    @Test
    void zeroShotHasTheProbabilitiesOfHuggingFace() throws IOException {
        var file = folder.resolve("predictions.jsonl");
        ok("zero-shot", Cli.SAMPLES, "--labels", labels, "--predictions", file, "--model", "tiny-align");
        var lines = Files.readAllLines(file);
        assertEquals(expected.get("zero_shot").size(), lines.size());
        for (var line : lines) {
            var answer = Cli.parse(line);
            var wanted = expected.get("zero_shot").get(Path.of(answer.get("image").asText()).getFileName().toString());
            wanted.properties().forEach(
                    each -> assertEquals(each.getValue().asDouble(), answer.get("scores").get(each.getKey()).asDouble(),
                            1e-4));
        }
    }

    @Test
    void zeroShotCountsWhatHuggingFaceGetsRight() throws IOException {
        var annotations = new StringBuilder();
        int right = 0;
        int all = 0;
        for (var each : expected.get("zero_shot").properties()) {
            var name = each.getKey().replaceFirst("\\..*", "").replaceAll(".*_", "");
            if (each.getValue().has(name)) {
                annotations.append(each.getKey()).append(',').append(name).append('\n');
                all++;
                var best = new String[] {""};
                each.getValue().properties().forEach(label -> best[0] = best[0].isEmpty()
                        || label.getValue().asDouble() > each.getValue().get(best[0]).asDouble()
                                ? label.getKey()
                                : best[0]);
                right += best[0].equals(name) ? 1 : 0;
            }
        }
        var file = Files.writeString(folder.resolve("labels.csv"), annotations);
        var result = ok("zero-shot", Cli.SAMPLES, "--annotations", file, "--labels", labels, "--model", "tiny-align",
                "--json",
                "--plot", folder.resolve("plot.png")).json().getFirst();
        assertEquals((double) right / all, value(result, "top-1"), 1e-12);
        assertTrue(all > 8);
        assertEquals(1520, Image.read(folder.resolve("plot.png")).width());
        var text = ok("zero-shot", Cli.SAMPLES, "--annotations", file, "--labels", labels, "--model", "tiny-align",
                "--template", "a {}", "--template", "This is a photo of {}.").out();
        assertTrue(text.contains("mean of 2 templates"), text);
    }

    @Test
    void retrievalHasTheRecallOfHuggingFace() {
        var result = ok("retrieval", Cli.SAMPLES, "--model", "tiny-align", "--json").json().getFirst();
        for (var at : List.of(1, 5, 10)) {
            assertEquals(expected.get("retrieval").get("image_to_text").get("recall@" + at).asDouble(),
                    value(result, "image to text, recall@" + at), 1e-12);
            assertEquals(expected.get("retrieval").get("text_to_image").get("recall@" + at).asDouble(),
                    value(result, "text to image, recall@" + at), 1e-12);
        }
    }

    /** Pictures in folders named after their classes. */
    private static Path imageFolder(String name, String... pictures) throws IOException {
        var root = folder.resolve(name);
        for (var each : pictures) {
            var parts = each.split("/");
            Files.createDirectories(root.resolve(parts[0]));
            Files.copy(Cli.SAMPLES.resolve(parts[1]), root.resolve(each));
        }
        return root;
    }

    @Test
    void aClassifierIsMeasuredOnFoldersAndOnReal() throws IOException {
        var root = imageFolder("cifar", "cat/cat.jpg", "ship/boats.jpg", "dog/coffee.jpg", "airplane/airplane.jpg",
                "dog/dog_face.png");
        var result = ok("imagenet", root, "--model", "tiny-vit", "--json").json().getFirst();
        assertEquals(0.8, value(result, "top-1"), "by expected.json only airplane.jpg is taken for something else");
        assertEquals(1, value(result, "top-5"), 0.21);
        var flat = folder.resolve("flat");
        Files.createDirectories(flat);
        Files.copy(Cli.SAMPLES.resolve("cat.jpg"), flat.resolve("ILSVRC2012_val_00000001.JPEG"));
        Files.copy(Cli.SAMPLES.resolve("boats.jpg"), flat.resolve("ILSVRC2012_val_00000002.JPEG"));
        Files.copy(Cli.SAMPLES.resolve("flower.jpg"), flat.resolve("ILSVRC2012_val_00000003.JPEG"));
        var real = Files.writeString(folder.resolve("real.json"), "[[3, 5], [0], []]");
        result = ok("real", flat, "--real", real, "--model", "tiny-vit", "--json").json().getFirst();
        assertEquals(0.5, value(result, "ReaL top-1"));
        assertEquals(2, result.get("metrics").get(0).get("cases").asInt(), "the picture without labels does not count");
    }

    @Test
    void exportedEmbeddingsServeNeighbours() throws IOException {
        var gallery = imageFolder("gallery", "cat/cat.jpg", "ship/ship.png", "dog/dog_face.png", "fruit/red_apple.png");
        var queries = imageFolder("queries", "cat/cat.jpg", "ship/boats.jpg", "fruit/pizza.png");
        var table = folder.resolve("gallery.parquet");
        ok("export", gallery, "--output", table, "--model", "tiny-align");
        ok("export", gallery, "--output", folder.resolve("gallery.npy"), "--model", "tiny-align");
        assertEquals(List.of("cat", "dog", "fruit", "ship"), EmbeddingTable.read(table).classes());
        assertEquals(128 + 4 * 4L * EmbeddingTable.read(table).embeddings()[0].length,
                Files.size(folder.resolve("gallery.npy")));
        assertTrue(Files.exists(folder.resolve("gallery-labels.npy")));
        var fromTable = ok("knn", "--gallery", table, "--queries", queries, "--model", "tiny-align", "--json").out();
        assertEquals(fromTable,
                ok("knn", "--gallery", gallery, "--queries", queries, "--model", "tiny-align", "--json").out());
        var itself =
                ok("knn", "--gallery", table, "--queries", table, "--model", "tiny-align", "--json").json().getFirst();
        assertEquals(1, value(itself, "1-NN accuracy"));
        assertTrue(itself.get("protocol").asText().startsWith("cosine, exact, 4 pictures of 4 classes"));
    }

    @Test
    void mistakesAreSaidInOneLine() throws IOException {
        var real = Files.writeString(folder.resolve("short.json"), "[[1]]");
        for (var command : List.of("eval imagenet " + Cli.SAMPLES, "eval zero-shot " + folder.resolve("nowhere"),
                "eval real " + Cli.SAMPLES + " --real " + real, "eval knn --gallery x.parquet --queries y.parquet",
                "eval retrieval " + Cli.SAMPLES + " --captions " + real)) {
            var result = Cli.run((Object[]) command.split(" "));
            assertEquals(1, result.code(), command);
            assertTrue(result.errLines().getLast().startsWith("avocet: "), result.err());
        }
        assertEquals(2, Cli.run("eval", "retrieval", Cli.SAMPLES, "--plot", "x.svg").code());
        assertEquals(2, Cli.run("eval").code());
    }
}
