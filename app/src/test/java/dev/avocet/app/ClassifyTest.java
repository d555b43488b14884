// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifyTest {
    private static final Path CAT = Cli.SAMPLES.resolve("cat.jpg");
    private static final Path DOG = Cli.SAMPLES.resolve("dog_face.png");

    @Test
    void allSamplesHaveTheProbabilitiesOfHuggingFace() throws IOException {
        var expected = Cli.parse(Files.readString(Cli.MODELS.resolve("expected.json"))).get("classify");
        var result = Cli.ok("classify", Cli.SAMPLES, "--model", "tiny-vit", "--device", Cli.DEVICE, "--json");
        assertEquals(expected.size(), result.json().size());
        for (var picture : result.json()) {
            var wanted = expected.get(Path.of(picture.get("image").asText()).getFileName().toString());
            var found = picture.get("predictions");
            assertEquals(wanted.size(), found.size());
            for (int i = 0; i < wanted.size(); i++) {
                assertEquals(wanted.get(i).get("label"), found.get(i).get("label"), picture.toString());
                assertEquals(wanted.get(i).get("score").asDouble(), found.get(i).get("score").asDouble(), 1e-4);
            }
        }
    }

    @Test
    void withoutAModelTheFirstLineTellsOfTheDemoAndOfTheRealModel() {
        var result = Cli.run("classify", CAT, "--device", Cli.DEVICE);
        assertEquals(0, result.code());
        assertEquals("using the bundled demo tiny-vit: 10 classes, trained on CIFAR-10 (small pictures). For the real "
                + "kakaobrain/vit-large-patch16-384 (1.2 GB), pass --model kakaobrain/vit-large-patch16-384",
                result.complaint());
    }

    @Test
    void theTableHasABarForEachClassAndFitsInto80Columns() {
        var lines = Cli.ok("classify", CAT, "--model", "tiny-vit", "--device", Cli.DEVICE).outLines();
        assertEquals(CAT.toString(), lines.getFirst());
        assertEquals(6, lines.size());
        assertTrue(lines.get(1).matches(" {2}\\S+ +0\\.\\d{4} {2}█+.?"), lines.get(1));
        assertTrue(lines.stream().allMatch(line -> DisplayText.width(line) <= 80), lines.toString());
    }

    @Test
    void topKLimitsTheClasses() {
        var result = Cli.ok("classify", CAT, "--model", "tiny-vit", "--device", Cli.DEVICE, "--top-k", 2, "--json");
        assertEquals(2, result.json().getFirst().get("predictions").size());
        var all = Cli.ok("classify", CAT, "--model", "tiny-vit", "--device", Cli.DEVICE, "--top-k", 1000, "--json");
        assertEquals(10, all.json().getFirst().get("predictions").size());
        var sum = StreamSupport.stream(all.json().getFirst().get("predictions").spliterator(), false)
                .mapToDouble(each -> each.get("score").asDouble())
                .sum();
        assertEquals(1, sum, 1e-6);
    }

    @Test
    void aPictureThatFailsHasAnErrorOfItsOwnAndTheRestGoOn(@TempDir Path folder) throws IOException {
        var text = Files.writeString(folder.resolve("notes.png"), "no picture");
        var missing = folder.resolve("missing.jpg");
        var result =
                Cli.run("classify", text, CAT, missing, DOG, "--model", "tiny-vit", "--device", Cli.DEVICE, "--json");
        assertEquals(1, result.code());
        var objects = result.json();
        assertEquals(4, objects.size());
        assertTrue(objects.get(0).get("error").asText().contains("notes.png is not a picture"), objects.toString());
        assertEquals(CAT.toString(), objects.get(1).get("image").asText());
        assertTrue(objects.get(2).get("error").asText().contains("missing.jpg does not exist"), objects.toString());
        assertEquals(DOG.toString(), objects.get(3).get("image").asText());
        assertEquals(2, result.errLines().size(), result.err());
    }

    @Test
    void aPictureComesFromStandardInput() throws IOException {
        var piped =
                Cli.withInput(Files.readAllBytes(CAT), "classify", "-", "--model", "tiny-vit", "--device", Cli.DEVICE,
                        "--json");
        var named = Cli.ok("classify", CAT, "--model", "tiny-vit", "--device", Cli.DEVICE, "--json");
        assertEquals("-", piped.json().getFirst().get("image").asText());
        assertEquals(named.json().getFirst().get("predictions"), piped.json().getFirst().get("predictions"));
    }

    @Test
    void standardInputWithoutAPictureIsOneLine() {
        var result = Cli.run("classify", "-", "--model", "tiny-vit", "--device", Cli.DEVICE);
        assertEquals(1, result.code());
        assertTrue(result.complaint().startsWith("standard input: "), result.err());
    }

    @Test
    void aFolderGivesItsPicturesByNameAndNothingElse(@TempDir Path folder) throws IOException {
        Files.copy(DOG, folder.resolve("b.PNG"));
        Files.copy(CAT, folder.resolve("a.jpg"));
        Files.writeString(folder.resolve("readme.txt"), "no picture");
        Files.copy(CAT, folder.resolve(".hidden.jpg"));
        Files.createDirectory(folder.resolve("c.jpg"));
        var result = Cli.ok("classify", folder, "--model", "tiny-vit", "--device", Cli.DEVICE, "--json");
        assertEquals(2, result.json().size());
        assertEquals(folder.resolve("a.jpg").toString(), result.json().getFirst().get("image").asText());
        assertEquals(folder.resolve("b.PNG").toString(), result.json().getLast().get("image").asText());
    }

    @Test
    void aFolderWithoutPicturesIsOneLine(@TempDir Path folder) {
        var result = Cli.run("classify", folder, "--model", "tiny-vit", "--device", Cli.DEVICE);
        assertEquals(1, result.code());
        assertEquals(folder + ": there are no pictures in this folder; folders inside it are not searched",
                result.complaint());
    }

    @Test
    void namesThatATerminalWouldActUponAreEscaped(@TempDir Path folder) throws IOException {
        var odd = Files.copy(CAT, folder.resolve("red\u001b[31m.jpg"));
        var result = Cli.ok("classify", odd, "--model", "tiny-vit", "--device", Cli.DEVICE);
        assertTrue(result.outLines().getFirst().endsWith("red\\u001b[31m.jpg"), result.out());
    }

    @Test
    void everyUsableDeviceGivesTheSameAnswer() {
        var devices = Cli.ok("doctor", "--json").json().getFirst().get("devices");
        var expected =
                Cli.ok("classify", CAT, "--model", "tiny-vit", "--device", "reference", "--json").json().getFirst();
        for (var name : List.of("cpu", "cpu:baseline", "cpu:v3", "cpu:v4")) {
            if (devices.get(name).get("usable").asBoolean()) {
                var answer =
                        Cli.ok("classify", CAT, "--model", "tiny-vit", "--device", name, "--json").json().getFirst();
                for (int i = 0; i < 5; i++) {
                    var wanted = expected.get("predictions").get(i);
                    var found = answer.get("predictions").get(i);
                    assertEquals(wanted.get("label"), found.get("label"), name);
                    assertEquals(wanted.get("score").asDouble(), found.get("score").asDouble(), 1e-5, name);
                }
            }
        }
    }

    @Test
    void threadsDoNotChangeAnAnswer() {
        var one = Cli.ok("classify", CAT, "--model", "tiny-vit", "--device", Cli.DEVICE, "--threads", 1, "--json");
        var two = Cli.ok("classify", CAT, "--model", "tiny-vit", "--device", Cli.DEVICE, "--threads", 2, "--json");
        assertEquals(one.out(), two.out());
    }

    @Test
    void aPrecisionThatADeviceDoesNotHaveIsRefused() {
        var result = Cli.run("classify", CAT, "--model", "tiny-vit", "--device", Cli.DEVICE, "--precision", "f16");
        assertEquals(1, result.code());
        assertTrue(result.err().contains("computes in f32 only, not in f16; ask for f32, or for a CUDA device"),
                result.err());
        assertEquals(2, Cli.run("classify", CAT, "--precision", "f64").code());
    }
}
