// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.avocet.loader.image.ImageException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is not a whole picture of a bearable size is refused, with the reason and before memory is taken for it. */
class ImageRefusalsTest {
    private static final byte[] JPEG = Resources.bytes("photos/photo_420.jpg");

    private static ImageException refused(Reason reason, byte[] data) {
        return refused(reason, data, ImageLimits.DEFAULT);
    }

    private static ImageException refused(Reason reason, byte[] data, ImageLimits limits) {
        var e = assertThrows(ImageException.class, () -> Image.read(data, limits));
        assertEquals(reason, e.reason(), e.getMessage());
        return e;
    }

    private static void assertSays(String part, ImageException e) {
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    @Test
    void aMissingFileAndAFolderAreRefusedByName(@TempDir Path folder) {
        var missing = folder.resolve("missing.jpg");
        assertSays(missing.toString(), assertThrows(ImageException.class, () -> Image.read(missing)));
        var e = assertThrows(ImageException.class, () -> Image.read(folder));
        assertEquals(Reason.UNREADABLE, e.reason());
        assertSays("folder", e);
    }

    @Test
    void aFileWithoutPermissionIsRefusedByName(@TempDir Path folder) throws IOException {
        var file = Files.write(folder.resolve("secret.jpg"), JPEG);
        assumeFalse(!Files.getFileStore(file).supportsFileAttributeView("posix"), "the file system has no permissions");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "this user may read everything");
        assertSays("secret.jpg", assertThrows(ImageException.class, () -> Image.read(file)));
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of("", "empty"),
                Arguments.of("<!DOCTYPE html><title>404</title>", "web page"),
                Arguments.of("version https://git-lfs.github.com/spec/v1\noid sha256:", "Git LFS"),
                Arguments.of("{\"error\": \"not found\"}", "JSON"),
                Arguments.of("just words", "text"),
                Arguments.of("<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
                Arguments.of("%PDF-1.7\n", "PDF"),
                Arguments.of("PK\u0003\u0004....", "ZIP"),
                Arguments.of("\0\0\0\34ftypavif\0\0\0\0", "AVIF"),
                Arguments.of("\0\0\0\34ftypheic\0\0\0\0", "HEIC"),
                Arguments.of("\0\0\0\34ftyp", "video"),
                Arguments.of("RIFF\0\0\0\0WAVEfmt ", "RIFF"),
                Arguments.of("\1\2\3\4", "no picture format"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("others")
    void whatIsNoPictureIsRefusedWithWhatItLooksLike(String text, String looksLike) {
        var data = text.getBytes(StandardCharsets.ISO_8859_1);
        assertSays(looksLike, refused(Reason.NOT_A_PICTURE, data));
    }

    static List<String> pictures() {
        return Resources.pictures();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pictures")
    void aFileCutShortIsRefusedUnlessAllItsPixelsAreThere(String name) {
        var data = Resources.bytes(name);
        var whole = Image.read(data).toRgb();
        for (int length = 0; length < data.length; length += 1 + data.length / 40) {
            var cut = Arrays.copyOf(data, length);
            try {
                assertArrayEquals(whole, Image.read(cut).toRgb(), name + " cut to " + length);
                assertTrue(length > data.length / 4, name + " cut to " + length);
            } catch (ImageException e) {
                assertTrue(
                        EnumSet.of(Reason.INCOMPLETE, Reason.DAMAGED, Reason.NOT_A_PICTURE).contains(e.reason()),
                        e.getMessage());
            }
        }
    }

    @Test
    void aJpegWithoutItsEndMarkerIsIncomplete() {
        assertSays("incomplete", refused(Reason.INCOMPLETE, Arrays.copyOf(JPEG, JPEG.length - 2)));
    }

    @Test
    void aPngWithOneWrongBitIsDamaged() {
        var data = Resources.bytes("photos/rgb.png");
        data[data.length / 2] ^= 1;
        assertSays("damaged", refused(Reason.DAMAGED, data));
    }

    static Stream<Arguments> giants() {
        int most = 65_535;
        return Stream.of(
                Arguments.of("JPEG", Hostile.jpeg(JPEG, most, most)),
                Arguments.of("progressive JPEG",
                        Hostile.jpeg(Resources.bytes("photos/photo_444_progressive.jpg"), most, most)),
                Arguments.of("PNG", Hostile.png(Integer.MAX_VALUE, Integer.MAX_VALUE, new byte[10])),
                Arguments.of("GIF", Hostile.gif(most, most)),
                Arguments.of("BMP", Hostile.bmp(Integer.MAX_VALUE, Integer.MAX_VALUE)),
                Arguments.of("BMP upside down", Hostile.bmp(9, Integer.MIN_VALUE)),
                Arguments.of("TIFF", Hostile.tiff(new Hostile.Field(256, -1), new Hostile.Field(257, -1))),
                Arguments.of("WebP", Hostile.webp("VP8X", new byte[] {0, 0, 0, 0, -1, -1, -1, -1, -1, -1})),
                Arguments.of("lossy WebP", Hostile.vp8(16_383, 16_383)),
                Arguments.of("lossless WebP", Hostile.vp8l(16_384, 16_384)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("giants")
    void absurdDimensionsAreRefused(String name, byte[] data) {
        assertSays("pixels", refused(Reason.TOO_LARGE, data));
    }

    static Stream<Arguments> hollow() {
        return Stream.of(
                Arguments.of("JPEG", Hostile.jpeg(JPEG, 13_000, 13_000)),
                Arguments.of("progressive JPEG",
                        Hostile.jpeg(Resources.bytes("photos/photo_444_progressive.jpg"), 13_000, 13_000)),
                Arguments.of("PNG", Hostile.png(13_000, 13_000, new byte[1000])),
                Arguments.of("GIF", Hostile.gif(13_000, 13_000)),
                Arguments.of("BMP", Hostile.bmp(13_000, 13_000)),
                Arguments.of("TIFF", hollowTiff(1)),
                Arguments.of("TIFF by LZW", hollowTiff(5)),
                Arguments.of("TIFF by deflate", hollowTiff(8)));
    }

    private static byte[] hollowTiff(int compression) {
        return Hostile.tiff(new Hostile.Field(256, 13_000), new Hostile.Field(257, 13_000), new Hostile.Field(258, 8),
                new Hostile.Field(259, compression), new Hostile.Field(262, 1), new Hostile.Field(273, 8),
                new Hostile.Field(279, 90));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hollow")
    void aFileTooSmallForItsPixelsIsRefusedBeforeMemoryIsTaken(String name, byte[] data) {
        long before = Allocations.ofThisThread();
        refused(Reason.INCOMPLETE, data);
        assertTrue(Allocations.ofThisThread() - before < 8 << 20, "megabytes have been allocated");
    }

    @Test
    void pixelDataThatInflateBeyondThePictureAreNotInflatedFurther() {
        var bomb = Hostile.png(16, 16, Hostile.deflatedZeros(64L << 20));
        long before = Allocations.ofThisThread();
        assertEquals(16, Image.read(bomb).width());
        assertTrue(Allocations.ofThisThread() - before < 16 << 20, "megabytes have been allocated");
    }

    @Test
    void textThatInflatesWithoutEndIsNotInflatedFurther() {
        var bomb = Hostile.png(1, 1, Hostile.deflatedZeros(2), Hostile.textBomb(64L << 20));
        long before = Allocations.ofThisThread();
        assertEquals(1, Image.read(bomb).width());
        assertTrue(Allocations.ofThisThread() - before < 16 << 20, "megabytes have been allocated");
    }

    @Test
    void morePassesOverAPictureThanAnyEncoderMakesAreRefused() {
        var photo = Resources.bytes("photos/photo_444_progressive.jpg");
        assertEquals(301, Image.read(Hostile.manyScans(photo, 50)).width());
        assertSays("scans", refused(Reason.UNSUPPORTED, Hostile.manyScans(photo, 1000)));
    }

    @Test
    void limitsAreTheCallersAndIncludeTheirBounds() {
        assertEquals(301, Image.read(JPEG, new ImageLimits(301 * 257, 301, JPEG.length)).width());
        assertSays("pixels", refused(Reason.TOO_LARGE, JPEG, new ImageLimits(301 * 257 - 1, 301, JPEG.length)));
        assertSays("side", refused(Reason.TOO_LARGE, JPEG, new ImageLimits(301 * 257, 300, JPEG.length)));
        assertSays("bytes", refused(Reason.TOO_LARGE, JPEG, new ImageLimits(301 * 257, 301, JPEG.length - 1)));
        assertThrows(IllegalArgumentException.class, () -> new ImageLimits(0, 1, 1));
    }

    @Test
    void aFileBeyondTheByteLimitIsRefusedUnread(@TempDir Path folder) throws IOException {
        var file = Files.write(folder.resolve("large.jpg"), JPEG);
        var e = assertThrows(ImageException.class, () -> Image.read(file, new ImageLimits(1 << 20, 1000, 1000)));
        assertEquals(Reason.TOO_LARGE, e.reason());
        assertSays("large.jpg", e);
    }

    /** Repeats its bytes without end and counts how many were taken. */
    private static final class Endless extends InputStream {
        private final byte[] bytes;
        private long taken;

        Endless(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes[(int) (taken++ % bytes.length)] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int count) {
            for (int i = 0; i < count; i++) {
                into[from + i] = (byte) read();
            }
            return count;
        }
    }

    @Test
    void anEndlessStreamIsReadNoFurtherThanNeeded() {
        var words = new Endless("words ".getBytes(StandardCharsets.US_ASCII));
        assertThrows(ImageException.class, () -> Image.read(words));
        assertTrue(words.taken <= 64, words.taken + " bytes were read");
        var picture = new Endless(JPEG);
        var limits = new ImageLimits(1 << 20, 1000, 100_000);
        var e = assertThrows(ImageException.class, () -> Image.read(picture, limits));
        assertEquals(Reason.TOO_LARGE, e.reason());
        assertTrue(picture.taken <= 100_001, picture.taken + " bytes were read");
    }

    @Test
    void aStreamThatFailsIsReportedWithItsCause() {
        var failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the line is dead");
            }

            @Override
            public int read(byte[] into, int from, int count) throws IOException {
                return read();
            }
        };
        var e = assertThrows(ImageException.class, () -> Image.read(failing));
        assertEquals(Reason.UNREADABLE, e.reason());
        assertSays("the line is dead", e);
    }
}
