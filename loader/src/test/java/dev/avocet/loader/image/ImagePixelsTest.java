// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoded pixels equal Pillow's, byte for byte. */
class ImagePixelsTest {
    static List<String[]> kinds() {
        return Resources.table("kinds.txt");
    }

    static List<String[]> photos() {
        return Resources.table("golden.txt").stream().filter(row -> row[0].startsWith("rgb.")).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void everyKindOfPictureHasPillowsPixels(String name, int width, int height, String sha256) {
        var image = Image.read(Resources.bytes("kinds/" + name));
        assertEquals(width + " x " + height, image.width() + " x " + image.height());
        assertEquals(sha256, Resources.sha256(image.toRgb()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("photos")
    void photographsHavePillowsPixels(String name, String shape, String sha256) {
        var image = Image.read(Resources.bytes("photos/" + name.substring("rgb.".length())));
        assertEquals(shape, image.height() + "," + image.width() + ",3");
        assertEquals(sha256, Resources.sha256(image.toRgb()));
    }

    @Test
    void aTinyPictureHasThesePixels() {
        assertArrayEquals(Resources.bytes("golden/rgb.tiny.png"),
                Image.read(Resources.bytes("photos/tiny.png")).toRgb());
    }

    @Test
    void aFileAStreamAndBytesGiveTheSamePicture(@TempDir Path folder) throws IOException {
        var data = Resources.bytes("photos/photo_exif_rotated.jpg");
        var file = Files.write(folder.resolve("without a telling name"), data);
        var expected = Image.read(data).toRgb();
        assertArrayEquals(expected, Image.read(file).toRgb());
        assertArrayEquals(expected, Image.read(new ByteArrayInputStream(data)).toRgb());
    }

    @Test
    void picturesAreDecodedTheSameOnManyThreads() {
        var names = Resources.pictures();
        var alone = names.stream().map(name -> Resources.sha256(Image.read(Resources.bytes(name)).toRgb())).toList();
        var together = IntStream.range(0, 4 * names.size())
                .parallel()
                .mapToObj(i -> Resources.sha256(Image.read(Resources.bytes(names.get(i % names.size()))).toRgb()))
                .toList();
        for (int i = 0; i < together.size(); i++) {
            assertEquals(alone.get(i % names.size()), together.get(i), names.get(i % names.size()));
        }
    }

    @Test
    void picturesOfJavasGraphicsKeepTheirColours() {
        for (int type : new int[] {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB,
            BufferedImage.TYPE_3BYTE_BGR}) {
            var picture = new BufferedImage(3, 2, type);
            picture.setRGB(2, 1, 0xff123456);
            var image = Image.of(picture);
            assertEquals(0x123456, image.rgb(2, 1));
            assertEquals(0, image.rgb(0, 0));
        }
    }

    @Test
    void greyOfJavasGraphicsIsNotBrightened() {
        var picture = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        picture.getRaster().setSample(1, 0, 0, 100);
        assertEquals(0x646464, Image.of(picture).rgb(1, 0));
    }

    @Test
    void aPictureIsNotChangedThroughTheArraysItWasMadeOfOrGives() {
        var rgb = new byte[] {1, 2, 3};
        var image = Image.of(1, 1, rgb);
        rgb[0] = 9;
        image.toRgb()[1] = 9;
        assertEquals(0x010203, image.rgb(0, 0));
    }

    @Test
    void pixelsOutsideAndArraysOfAnotherSizeAreRefused() {
        var image = Image.of(2, 1, new byte[6]);
        assertThrows(IndexOutOfBoundsException.class, () -> image.rgb(2, 0));
        assertThrows(IllegalArgumentException.class, () -> Image.of(2, 2, new byte[6]));
        assertThrows(IllegalArgumentException.class, () -> Image.of(0, 2, new byte[0]));
    }
}
