// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The orientation that a picture's EXIF block or, failing that, its XMP packet gives, found as Pillow's
 * {@code Image.getexif} finds it. Damaged metadata mean no orientation: a picture is not refused for them.
 */
final class Exif {
    private static final int ORIENTATION = 274;
    private static final Pattern XMP_ORIENTATION = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

    private Exif() {}

    /** 1 to 8, or 1 when neither block, each of which may be null, says so. */
    static int orientation(byte[] exif, byte[] xmp) {
        var fromExif = exif == null ? OptionalInt.empty() : inExif(exif);
        if (fromExif.isEmpty() && xmp != null) {
            var match = XMP_ORIENTATION.matcher(new String(xmp, StandardCharsets.ISO_8859_1));
            return match.find() ? match.group(1).charAt(0) - '0' : 1;
        }
        return fromExif.orElse(1);
    }

    private static OptionalInt inExif(byte[] exif) {
        int from = 0;
        for (int i = 0; i < 2 && ByteInput.startsWith(exif, from, exif.length, "Exif\0\0"); i++) {
            from += 6;
        }
        try {
            var file = TiffDirectory.first(Arrays.copyOfRange(exif, from, exif.length), false);
            return file.has(ORIENTATION) ? OptionalInt.of((int) file.number(ORIENTATION, 1)) : OptionalInt.empty();
        } catch (CodecException damaged) {
            return OptionalInt.empty();
        }
    }
}
