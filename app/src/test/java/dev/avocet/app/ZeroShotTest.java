// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZeroShotTest {
    private static final Path CAT = Cli.SAMPLES.resolve("cat.jpg");

    private static Cli.Result ok(Object... args) {
        var all = new ArrayList<Object>(List.of("zero-shot", "--model", "tiny-align", "--device", Cli.DEVICE));
        all.addAll(List.of(args));
        return Cli.ok(all.toArray());
    }

    private static List<String> labels(JsonNode answer) {
        var labels = new ArrayList<String>();
        answer.get("predictions").forEach(each -> labels.add(each.get("label").asText()));
        return labels;
    }

    @Test
    void allSamplesHaveTheProbabilitiesOfHuggingFace() throws IOException {
        var expected = Cli.parse(Files.readString(Cli.MODELS.resolve("expected.json")));
        var labels = new ArrayList<String>();
        expected.get("labels").forEach(label -> labels.add(label.asText()));
        var result = ok(Cli.SAMPLES, "--labels", String.join(",", labels), "--json");
        assertEquals(expected.get("zero_shot").size(), result.json().size());
        for (var picture : result.json()) {
            var wanted = expected.get("zero_shot").get(Path.of(picture.get("image").asText()).getFileName().toString());
            assertEquals(wanted.size(), picture.get("predictions").size());
            double previous = 1;
            for (var each : picture.get("predictions")) {
                double score = each.get("score").asDouble();
                assertEquals(wanted.get(each.get("label").asText()).asDouble(), score, 1e-4, picture.toString());
                assertTrue(score <= previous, "best first: " + picture);
                previous = score;
            }
        }
    }

    @Test
    void theThreeWaysToGiveLabelsAgree(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("labels.txt"), "\uFEFFcat\n\n  hot dog \r\nairplane\n");
        var answer = ok(CAT, "--labels", " cat,hot dog,, airplane", "--json").out();
        assertEquals(answer, ok(CAT, "--label", "cat", "--label", "hot dog", "--label", "airplane", "--json").out());
        assertEquals(answer, ok(CAT, "--label", "cat", "hot dog", "airplane", "--json").out());
        assertEquals(answer, ok("--label", "cat", "hot dog", "airplane", CAT, "--json").out());
        assertEquals(answer, ok(CAT, "--labels-file", file, "--json").out());
    }

    @Test
    void labelsEndWhereAPictureOrAnOptionBegins() throws IOException {
        assertEquals(List.of("cat"), labels(ok("--label", "cat", CAT, "--json").json().getFirst()));
        var piped = Cli.withInput(Files.readAllBytes(CAT), "zero-shot", "--label", "cat", "dog", "-", "--model",
                "tiny-align", "--device", Cli.DEVICE, "--json");
        assertEquals(List.of("cat", "dog"), labels(piped.json().getFirst()));
    }

    @Test
    void aTemplateOfOnesOwnChangesTheScores() {
        var usual = ok(CAT, "--labels", "cat,dog", "--json").json().getFirst();
        var same = ok(CAT, "--labels", "cat,dog", "--template", "This is a photo of {}.", "--json").json().getFirst();
        var other = ok(CAT, "--labels", "cat,dog", "--template", "{}", "--json").json().getFirst();
        assertEquals(usual, same);
        assertNotEquals(usual, other);
    }

    @Test
    void scoresSumToOneAndTopKOnlyHidesSome() {
        var all = ok(CAT, "--labels", "cat,dog,ship,frog", "--json").json().getFirst().get("predictions");
        double sum = 0;
        for (var each : all) {
            sum += each.get("score").asDouble();
        }
        assertEquals(1, sum, 1e-6);
        var best =
                ok(CAT, "--labels", "cat,dog,ship,frog", "--json", "--top-k", 1).json().getFirst().get("predictions");
        assertEquals(1, best.size());
        assertEquals(all.get(0), best.get(0));
    }

    @Test
    void labelsOfAllScriptsLineUp() {
        var lines = ok(CAT, "--label", "cat", "日本語のラベル", "été", "🐈", "x".repeat(100)).outLines();
        assertEquals(6, lines.size());
        for (var line : lines.subList(1, 6)) {
            var beforeScore = line.split("  [01]\\.[0-9]{4}", 2)[0];
            assertEquals(2 + 36, DisplayText.width(beforeScore), line);
            assertTrue(DisplayText.width(line) <= 80, line);
        }
    }

    @Test
    void withoutAModelTheFirstLineTellsOfTheDemoAndOfTheRealModel() {
        var result = Cli.run("zero-shot", CAT, "--labels", "cat,dog", "--device", Cli.DEVICE);
        assertEquals(0, result.code());
        assertEquals(
                "using the bundled demo tiny-align: trained on CIFAR-10 (10 classes, with captions) and emoji with "
                        + "their names. For the real kakaobrain/align-base (690 MB), pass --model kakaobrain/align-base",
                result.complaint());
    }
}
