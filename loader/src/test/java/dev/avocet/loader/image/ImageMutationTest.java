// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.loader.image.ImageException.Reason;
import dev.avocet.loader.image.codec.CodecException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes: a picture, or the typed exception; in memory that the limits bound. */
class ImageMutationTest {
    private static final int MUTATIONS = 150;
    private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 20_000, 1 << 20);
    /** Samples, coefficients, indices and the result, with what is interim between them, per pixel. */
    private static final long BYTES_PER_PIXEL = 40;

    static List<String> pictures() {
        return Resources.pictures();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pictures")
    void damagedPicturesGiveAPictureOrATypedExceptionInBoundedMemory(String name) {
        var original = Resources.bytes(name);
        for (int i = 0; i < MUTATIONS; i++) {
            var random = new SplittableRandom(name.hashCode() * 31L + i);
            var data = mutate(original, random);
            long before = Allocations.ofThisThread();
            try {
                assertTrue(Image.read(data, LIMITS).width() > 0);
            } catch (ImageException e) {
                if (e.reason() != Reason.NOT_A_PICTURE) {
                    assertInstanceOf(CodecException.class, e.getCause(), name + ", mutation " + i);
                }
            }
            long allocated = Allocations.ofThisThread() - before;
            assertTrue(allocated < BYTES_PER_PIXEL * LIMITS.maxPixels(),
                    name + ", mutation " + i + ": " + allocated + " bytes");
        }
    }

    /** Mostly in the headers, where a byte decides most. */
    private static byte[] mutate(byte[] original, SplittableRandom random) {
        if (random.nextInt(6) == 0) {
            return Arrays.copyOf(original, random.nextInt(original.length));
        }
        var data = original.clone();
        int changes = 1 + random.nextInt(6);
        for (int i = 0; i < changes; i++) {
            int within = random.nextInt(3) == 0 ? data.length : Math.min(data.length, 120);
            int at = random.nextInt(within);
            data[at] = switch (random.nextInt(4)) {
                case 0 -> (byte) (data[at] ^ 1 << random.nextInt(8));
                case 1 -> (byte) random.nextInt();
                case 2 -> (byte) 0xff;
                default -> 0;
            };
        }
        return data;
    }
}
