// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Which files of a folder are taken for pictures. */
public final class PictureFiles {
    /** What their names end in, after the dot, in small letters. */
    public static final Set<String> ENDINGS =
            Set.of("jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "tif", "tiff", "webp");

    private PictureFiles() {}

    /** Whether a file is there, is not hidden, and has the name of a picture. */
    public static boolean isPicture(Path file) {
        var name = file.getFileName().toString();
        var ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && ENDINGS.contains(ending) && Files.isRegularFile(file);
    }
}
