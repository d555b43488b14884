// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.loader.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** avocet index and avocet search. */
class SearchTest {
    @TempDir
    private Path folder;

    private Path pictures;
    private Path index;

    @BeforeEach
    void copy() throws IOException {
        pictures = Files.createDirectories(folder.resolve("pictures"));
        index = folder.resolve("index");
        for (var name : new String[] {"red_apple.png", "cat.jpg", "ship.png"}) {
            Files.copy(Cli.SAMPLES.resolve(name), pictures.resolve(name));
        }
        Files.writeString(pictures.resolve("cat.txt"), "<b>a cat</b> & more");
    }

    private Cli.Result index() {
        return Cli.run("index", pictures, "--output", index, "--model", "tiny-align", "--device", Cli.DEVICE);
    }

    private Cli.Result search(Object... args) {
        var all = new Object[args.length + 4];
        all[0] = "search";
        all[1] = index;
        System.arraycopy(args, 0, all, 2, args.length);
        all[args.length + 2] = "--device";
        all[args.length + 3] = Cli.DEVICE;
        return Cli.run(all);
    }

    @Test
    void picturesAreFoundByATextWithTheModelThatTheIndexNames() {
        assertEquals(index + ": 3 pictures; 3 embedded, 0 unchanged, 0 removed, 0 failed\n", index().out());
        var found = search("a red apple", "--top-k", 2);
        assertEquals(0, found.code(), found.err());
        assertEquals(2, found.outLines().size());
        assertTrue(found.outLines().getFirst().matches("1 {2}0\\.\\d{4} {2}.*red_apple\\.png"), found.out());
        assertTrue(index().out().contains("0 embedded, 3 unchanged"));
    }

    @Test
    void jsonHasAnObjectForEachPictureAndWhatTheSourceSaidOfIt() {
        index();
        var found = search("--image", Cli.SAMPLES.resolve("cat.jpg"), "--json").json();
        assertEquals(3, found.size());
        assertEquals(1, found.getFirst().get("rank").asInt());
        assertEquals(1, found.getFirst().get("score").asDouble(), 1e-5);
        assertEquals("<b>a cat</b> & more", found.getFirst().get("fields").get("text").asText());
        assertEquals(451, found.getFirst().get("fields").get("width").asInt());
    }

    @Test
    void sheetsShowThePicturesAndNothingOfStrangersIsRun() throws IOException {
        index();
        var page = folder.resolve("page.html");
        search("a cat", "--output", page);
        var html = Files.readString(page);
        assertEquals(3, html.split("data:image/jpeg;base64,", -1).length - 1);
        assertTrue(html.contains("&lt;b&gt;a cat&lt;/b&gt; &amp; more"), "captions are escaped");
        assertFalse(html.contains("<b>a cat"), "captions are escaped");
        assertTrue(html.contains("default-src 'none'"));

        var sheet = folder.resolve("sheet.png");
        search("a cat", "--output", sheet);
        var image = Image.read(sheet);
        assertEquals(3 * 220 + 20, image.width());
    }

    @Test
    void aBadPictureIsToldOfAndTheExitCodeIsOne() throws IOException {
        Files.writeString(pictures.resolve("bad.jpg"), "no picture");
        var result = index();
        assertEquals(1, result.code());
        assertTrue(result.complaint().contains("bad.jpg"), result.err());
        assertTrue(result.out().contains("3 embedded, 0 unchanged, 0 removed, 1 failed"), result.out());
    }

    @Test
    void wrongUsesAreRefusedBeforeAnyWork() {
        assertEquals(2, search().code());
        assertEquals(2, search("a text", "--image", "cat.jpg").code());
        assertEquals(2, search("a text", "--output", folder.resolve("sheet.gif")).code());
        assertTrue(search("a text").complaint().contains("does not exist"));
        assertTrue(Cli.run("index", folder.resolve("nowhere"), "--output", index, "--model", "tiny-align", "--device",
                Cli.DEVICE).complaint().contains("does not exist"));
    }
}
