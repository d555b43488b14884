// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.Resample;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Small copies of pictures, so that results can be shown wherever the pictures themselves are. */
final class Thumbnails {
    /** The longer side at most, in pixels. */
    static final int SIDE = 192;

    private static final float QUALITY = 0.8f;

    private Thumbnails() {}

    /** A picture as a small JPEG. */
    static byte[] jpeg(Image picture) {
        var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        var bytes = new ByteArrayOutputStream();
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            var settings = writer.getDefaultWriteParam();
            settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.setCompressionQuality(QUALITY);
            writer.setOutput(out);
            writer.write(null, new IIOImage(small(picture), null, null), settings);
        } catch (IOException e) {
            throw new UncheckedIOException("not possible in memory", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static BufferedImage small(Image picture) {
        double scale = Math.min(1, (double) SIDE / Math.max(picture.width(), picture.height()));
        int width = Math.max(1, (int) Math.round(scale * picture.width()));
        int height = Math.max(1, (int) Math.round(scale * picture.height()));
        var image = scale == 1 ? picture : picture.resize(width, height, Resample.BOX);
        var small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                small.setRGB(x, y, image.rgb(x, y));
            }
        }
        return small;
    }
}
