// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.loader.image.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** The page in a real browser, against a real server. */
@DisabledIf(value = "hasNoBrowser",
        disabledReason = "no Chromium: install chromium and chromedriver (Debian: apt-get install chromium chromium-driver), "
                + "or pass -Davocet.chromium=FILE -Davocet.chromedriver=FILE")
class PageTest {
    private static final Path PICTURES = Path.of("target/page");
    private static final Path SAMPLES = Path.of("../models/samples").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static Serving serving;
    private static ChromeDriver driver;

    static boolean hasNoBrowser() {
        Browser.missing().ifPresent(why -> System.getLogger("dev.avocet.server").log(System.Logger.Level.WARNING, why));
        return Browser.missing().isPresent();
    }

    @BeforeAll
    static void open() {
        serving = new Serving(options -> options);
        driver = Browser.open(1280, 900, false);
    }

    @AfterAll
    static void close() {
        driver.quit();
        serving.close();
    }

    @BeforeEach
    void load() {
        driver.get(serving.server.address().toString());
        until(() -> !text("vit-model").isEmpty());
    }

    @Test
    void aSampleGetsItsClassesAndItsLabels() {
        pick("cat");
        var image = Image.read(Serving.sample("cat.jpg"));
        var wanted = serving.classifier.classify(image, 5);
        var shown = items("classes");
        for (int i = 0; i < 5; i++) {
            assertEquals(wanted.get(i).label(), shown.get(i).get("label"));
            assertEquals(wanted.get(i).score(), Float.parseFloat(shown.get(i).get("score")));
        }
        assertScores(image, List.of("animals", "humans", "landscape"));
        assertTrue(text("vit-timing").replace('\n', ' ')
                .matches("waiting .* ms preparing .* ms computing .* ms finishing .* ms"),
                text("vit-timing"));
        assertTrue(
                text("demonstration").startsWith("Demonstration models. tiny-vit: ten classes. tiny-align: captions."));
    }

    @Test
    void labelsAreScoredAsTheyAreTypedAgainstTheEmbeddingThatIsThere() {
        pick("boats");
        var posted = requests("api/embed");
        var field = driver.findElement(By.id("labels"));
        field.sendKeys(Keys.chord(Keys.CONTROL, "a"), "a ship, <b>cat</b>, $&");
        until(() -> items("scores").size() == 3 && labels("scores").contains("<b>cat</b>")
                && labels("scores").contains("$&"));
        assertScores(Image.read(Serving.sample("boats.jpg")), List.of("a ship", "<b>cat</b>", "$&"));
        assertTrue(requests("api/embed") > posted);
        long embedded = requests("api/embed");
        driver.executeScript("arguments[0].value = 'a ship, $&'; arguments[0].dispatchEvent(new Event('input'))",
                field);
        until(() -> items("scores").size() == 2);
        assertEquals(embedded, requests("api/embed"), "labels that are known are not embedded again");
    }

    @Test
    void picturesAreFoundByWords() {
        for (var name : List.of("cat", "airplane", "rocket")) {
            pick(name);
        }
        driver.findElement(By.id("query")).sendKeys("a photo of an airplane");
        until(() -> driver.findElements(By.cssSelector("#gallery li.ranked")).size() == 3);
        var query = serving.align.embed("a photo of an airplane");
        until(() -> driver.findElements(By.cssSelector("#gallery img")).getFirst().getAttribute("alt").equals(
                List.of("cat", "airplane", "rocket").stream()
                        .max((a, b) -> Double.compare(cosine(query, a), cosine(query, b)))
                        .orElseThrow()));
        var best = driver.findElement(By.cssSelector("#gallery li.ranked button"));
        var name = best.findElement(By.tagName("img")).getAttribute("alt");
        best.click();
        until(() -> text("status").startsWith(name + ": most probably"));
    }

    @Test
    void chosenFilesAreLookedAtAndWhatIsNoPictureIsExplained() throws IOException {
        driver.findElement(By.id("file")).sendKeys(SAMPLES.resolve("ship.png").toString());
        until(() -> text("status").startsWith("ship.png: most probably ship"));
        driver.findElement(By.id("file")).sendKeys(Path.of("pom.xml").toAbsolutePath().toString());
        until(() -> driver.findElement(By.id("error")).isDisplayed());
        assertTrue(text("error").startsWith("That is not a picture that can be read"), text("error"));
        pick("cat");
        assertFalse(driver.findElement(By.id("error")).isDisplayed());
    }

    @Test
    void picturesAreDroppedAndPasted() {
        for (var kind : List.of("drop", "paste")) {
            driver.executeAsyncScript(
                    """
                            const [kind, done] = arguments;
                            const blob = await (await fetch('samples/flower.jpg')).blob();
                            const data = new DataTransfer();
                            data.items.add(new File([blob], kind + '.jpg', {type: 'image/jpeg'}));
                            const event = kind === 'drop' ? new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})
                                : new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
                            document.body.dispatchEvent(event);
                            done();
                            """
                            .replace("const [kind", "(async function(){const [kind") + "}).apply(null, arguments)",
                    kind);
            until(() -> text("status").startsWith(kind + ".jpg: most probably"));
        }
    }

    @Test
    void everythingWorksFromTheKeyboard() {
        var seen = new ArrayList<String>();
        for (int i = 0; i < 16; i++) {
            new Actions(driver).sendKeys(Keys.TAB).perform();
            var active = driver.switchTo().activeElement();
            seen.add(active.getAttribute("id") + active.getAttribute("data-sample"));
            if ("cat".equals(active.getAttribute("data-sample"))) {
                new Actions(driver).sendKeys(Keys.ENTER).perform();
            }
        }
        for (var stop : List.of("file", "labels", "query")) {
            assertTrue(seen.stream().anyMatch(each -> each.startsWith(stop)), stop + " is not among " + seen);
        }
        until(() -> text("status").startsWith("cat: most probably"));
    }

    @Test
    void thePageAsksNobodyElse() {
        pick("cat");
        var foreign = driver.executeScript("return performance.getEntriesByType('resource').map(e => e.name)"
                + ".filter(name => !name.startsWith(location.origin) && !name.startsWith('blob:' + location.origin))");
        assertEquals(List.of(), foreign);
    }

    @Test
    void nothingKeepsAnybodyOutWhateverTheScreen() throws IOException {
        String axe;
        try (var in = PageTest.class.getResourceAsStream("/axe.min.js")) {
            axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (var look : List.of(new Look("desktop", 1280, 900, false), new Look("phone", 390, 844, false),
                new Look("dark", 1280, 900, true))) {
            var other = Browser.open(look.width(), look.height(), look.dark());
            try {
                other.get(serving.server.address().toString());
                until(() -> !other.findElement(By.id("vit-model")).getText().isEmpty());
                for (var name : List.of("flower", "airplane", "cat")) {
                    other.findElement(By.cssSelector("[data-sample=" + name + "]")).click();
                    until(() -> other.findElement(By.id("status")).getText().startsWith(name + ": most"));
                }
                other.findElement(By.id("query")).sendKeys("a photo of an airplane");
                until(() -> other.findElements(By.cssSelector("#gallery li.ranked")).size() == 3);
                var wide = other.executeScript("return document.documentElement.scrollWidth <= innerWidth");
                assertEquals(true, wide, look.name() + " scrolls sideways");
                other.executeScript(axe);
                var found = (Map<?, ?>) other.executeAsyncScript(
                        "const done = arguments[arguments.length - 1]; axe.run().then(done)");
                assertEquals(List.of(), found.get("violations"), look.name());
                other.executeScript("document.activeElement.blur(); scrollTo(0, 0)");
                assertEquals(look.width() < 600, other.findElement(By.cssSelector("label[for=shot]")).isDisplayed());
                Browser.shoot(other, PICTURES.resolve(look.name() + ".png"));
            } finally {
                other.quit();
            }
        }
    }

    @Test
    void thePictureOfItInTheDocumentationIsMade() {
        for (var name : List.of("rocket", "airplane", "cat")) {
            pick(name);
        }
        driver.findElement(By.id("labels")).sendKeys(Keys.chord(Keys.CONTROL, "a"), "cat, dog, airplane");
        driver.findElement(By.id("query")).sendKeys("a photo of a rocket");
        until(() -> labels("scores").equals(List.of("cat", "dog", "airplane"))
                && driver.findElements(By.cssSelector("#gallery li.ranked")).size() == 3);
        driver.executeScript("document.activeElement.blur(); scrollTo(0, 0)");
        Browser.shoot(driver, PICTURES.resolve("page.jpg"));
    }

    private record Look(String name, int width, int height, boolean dark) {}

    private void pick(String sample) {
        driver.findElement(By.cssSelector("[data-sample=" + sample + "]")).click();
        until(() -> text("status").startsWith(sample + ": most probably"));
    }

    private static double cosine(float[] query, String sample) {
        var image = serving.align.embed(Image.read(Serving.sample(sample + ".jpg")));
        double sum = 0;
        for (int i = 0; i < query.length; i++) {
            sum += (double) query[i] * image[i];
        }
        return sum;
    }

    private static void assertScores(Image image, List<String> labels) {
        var wanted = serving.align.zeroShot(image, serving.align.labels(Endpoints.TEMPLATE, labels));
        var shown = items("scores");
        for (int i = 0; i < wanted.size(); i++) {
            assertEquals(wanted.get(i).label(), shown.get(i).get("label"));
            // The exponential of the browser may differ from Java's in its last bit.
            assertEquals(wanted.get(i).score(), Float.parseFloat(shown.get(i).get("score")),
                    Math.ulp(wanted.get(i).score()));
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, String>> items(String list) {
        return (List<Map<String, String>>) driver.executeScript(
                "return [...document.querySelectorAll('#" + list + " li')].map(item => ({...item.dataset}))");
    }

    private static List<String> labels(String list) {
        return items(list).stream().map(item -> item.get("label")).toList();
    }

    private static long requests(String path) {
        return (Long) driver
                .executeScript("return performance.getEntriesByType('resource').filter(e => e.name.endsWith('/"
                        + path + "')).length");
    }

    private static String text(String id) {
        return driver.findElement(By.id(id)).getText();
    }

    /** Waits for what the page does on its own; a browser tells of it in no other way. */
    private static void until(BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "the page never came to it; status: " + text("status") + ", error: " + text("error"));
            }
            Thread.onSpinWait();
        }
    }
}
