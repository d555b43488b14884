// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Resized pixels equal those of Pillow's Image.resize, byte for byte. */
class ResizeTest {
    static List<String[]> resizes() {
        return Resources.table("resizes.txt");
    }

    static List<String[]> goldens() {
        return Resources.table("golden.txt").stream().filter(row -> row[0].startsWith("u8.")).toList();
    }

    @ParameterizedTest(name = "{0} x {1} to {2} x {3}, filter {4}")
    @MethodSource("resizes")
    void noiseIsResizedAsPillowDoes(int width, int height, int toWidth, int toHeight, int filter, String sha256) {
        var resized = Resources.noise(width, height).resize(toWidth, toHeight, Resample.of(filter).orElseThrow());
        assertEquals(sha256, Resources.sha256(resized.toRgb()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goldens")
    void aPhotographIsResizedAsPillowDoes(String name, String shape, String sha256) {
        assertEquals(sha256, Resources.sha256(resizedPhoto(name).toRgb()));
    }

    @ParameterizedTest
    @EnumSource(names = {"BILINEAR", "LANCZOS"})
    void aPhotographHasThesePixels(Resample filter) {
        var name = "u8." + filter.name().toLowerCase(Locale.ROOT) + ".50x71.photo_420.jpg";
        assertArrayEquals(Resources.bytes("golden/" + name), resizedPhoto(name).toRgb());
    }

    /** From names such as u8.bilinear.50x71.photo_420.jpg. */
    private static Image resizedPhoto(String name) {
        var parts = name.split("\\.", 4);
        var size = parts[2].split("x");
        return Image.read(Resources.bytes("photos/" + parts[3]))
                .resize(Integer.parseInt(size[1]), Integer.parseInt(size[0]),
                        Resample.valueOf(parts[1].toUpperCase(Locale.ROOT)));
    }

    @ParameterizedTest
    @EnumSource
    void aWindowIsWhatTheWholeHasThere(Resample filter) {
        var image = Resources.noise(61, 300);
        var whole = new ByteRows(40, 50);
        new Resize(filter, 40, 50, new Resize.Window(0, 0, 40, 50), new Lines()).apply(image, whole);
        var part = new ByteRows(21, 13);
        new Resize(filter, 40, 50, new Resize.Window(7, 30, 21, 13), new Lines()).apply(image, part);
        for (int y = 0; y < 13; y++) {
            for (int i = 0; i < 3 * 21; i++) {
                assertEquals(whole.pixels()[3 * (40 * (30 + y) + 7) + i], part.pixels()[3 * 21 * y + i]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasResizedBeforeChangesNothing(Resample filter) {
        var lines = new Lines();
        for (int size : new int[] {61, 300, 9, 61, 40, 300}) {
            var image = Resources.noise(size, 71);
            var fresh = new ByteRows(40, 50);
            new Resize(filter, 40, 50, new Resize.Window(0, 0, 40, 50), new Lines()).apply(image, fresh);
            var used = new ByteRows(40, 50);
            new Resize(filter, 40, 50, new Resize.Window(0, 0, 40, 50), lines.begin()).apply(image, used);
            assertArrayEquals(fresh.pixels(), used.pixels());
        }
    }

    @ParameterizedTest
    @EnumSource
    void filtersHavePillowsNumbers(Resample filter) {
        assertEquals(filter, Resample.of(filter.number()).orElseThrow());
        assertEquals(List.of("NEAREST", "LANCZOS", "BILINEAR", "BICUBIC", "BOX", "HAMMING").get(filter.number()),
                filter.name());
    }

    @Test
    void otherNumbersAreNoFilters() {
        assertTrue(Resample.of(-1).isEmpty());
        assertTrue(Resample.of(6).isEmpty());
    }

    @Test
    void sizesThatNoPictureCanHaveAreRefused() {
        var image = Resources.noise(2, 2);
        assertThrows(IllegalArgumentException.class, () -> image.resize(0, 1, Resample.BOX));
        assertThrows(IllegalArgumentException.class, () -> image.resize(1 << 15, 1 << 15, Resample.BOX));
    }
}
