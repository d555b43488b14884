// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A headless Chromium with an empty profile: of this machine, nothing is downloaded. */
final class Browser {
    private static final String HOW =
            "install chromium and chromedriver (Debian: apt-get install chromium chromium-driver), or pass "
                    + "-Davocet.chromium=FILE -Davocet.chromedriver=FILE";

    private static final int PHONE = 600;
    private static final int JPEG_QUALITY = 85;
    private static final double SMALLER = 0.75;

    private Browser() {}

    /** Why there is none, with what to do, or nothing where there is one. */
    static Optional<String> missing() {
        return chromium().isPresent() && driver().isPresent()
                ? Optional.empty()
                : Optional.of("the tests of the page in a browser are skipped: " + HOW);
    }

    static ChromeDriver open(int width, int height, boolean dark) {
        var options = new ChromeOptions();
        options.setBinary(chromium().orElseThrow().toFile());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--hide-scrollbars", "--force-color-profile=srgb", "--window-size=" + width + "," + height);
        var service = new ChromeDriverService.Builder().usingDriverExecutable(driver().orElseThrow().toFile()).build();
        var driver = new ChromeDriver(service, options);
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < PHONE));
        driver.executeCdpCommand("Emulation.setTouchEmulationEnabled", Map.of("enabled", width < PHONE));
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features",
                List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        return driver;
    }

    private static Optional<Path> chromium() {
        return find("avocet.chromium", "chromium", "chromium-browser", "google-chrome");
    }

    private static Optional<Path> driver() {
        return find("avocet.chromedriver", "chromedriver");
    }

    private static Optional<Path> find(String property, String... names) {
        var given = System.getProperty(property, "");
        if (!given.isBlank()) {
            return Optional.of(Path.of(given)).filter(Files::isExecutable);
        }
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> Arrays.stream(names).map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The page as a picture, whole: a PNG, or a smaller JPEG. */
    static void shoot(ChromeDriver driver, Path file) {
        boolean jpeg = file.toString().endsWith(".jpg");
        var size = (Map<?, ?>) driver.executeScript(
                "return {w: document.documentElement.clientWidth, h: document.documentElement.scrollHeight}");
        var shot = driver.executeCdpCommand("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "format",
                jpeg ? "jpeg" : "png", "quality", JPEG_QUALITY, "clip",
                Map.of("x", 0, "y", 0, "width", size.get("w"), "height", size.get("h"), "scale", jpeg ? SMALLER : 1)));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, java.util.Base64.getDecoder().decode((String) shot.get("data")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
