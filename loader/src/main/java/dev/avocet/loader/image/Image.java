// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import dev.avocet.loader.image.ImageException.Reason;
import dev.avocet.loader.image.codec.CodecException;
import dev.avocet.loader.image.codec.ImageFormat;
import dev.avocet.loader.image.codec.SizeCheck;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * A picture as RGB bytes on the heap: immutable, safe to share, and nothing to close.
 *
 * <p>JPEG, PNG, GIF, BMP, TIFF and WebP are told apart by their first bytes, whatever the file is called, and decoded
 * by Avocet's own code, which needs no native library and no graphics toolkit. The pixels are those of Pillow 13's
 * {@code ImageOps.exif_transpose(Image.open(f)).convert("RGB")}: turned as EXIF or XMP says, alpha and colour profiles
 * ignored, of several frames the first. Not decoded are arithmetic-coded, lossless and 12-bit JPEG; old-style JPEG,
 * LZMA, Zstandard and WebP inside TIFF, and TIFF in YCbCr outside JPEG or in L*a*b*.
 */
public final class Image {
    private final int width;
    private final int height;
    private final byte[] rgb;

    private Image(int width, int height, byte[] rgb) {
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    /** Reads a picture from a file. Throws {@link ImageException} when that is impossible. */
    public static Image read(Path file) {
        return read(file, ImageLimits.DEFAULT);
    }

    /** Reads a picture within limits from a file. Throws {@link ImageException} when that is impossible. */
    public static Image read(Path file, ImageLimits limits) {
        if (Files.isDirectory(file)) {
            throw new ImageException(Reason.UNREADABLE, file + " is a folder: pass a picture inside it");
        }
        try {
            long size = Files.isRegularFile(file) ? Files.size(file) : 0;
            if (size > limits.maxBytes()) {
                throw tooManyBytes(file.toString(), limits);
            }
            try (var in = Files.newInputStream(file)) {
                return read(in, limits, file.toString());
            }
        } catch (NoSuchFileException e) {
            throw new ImageException(Reason.UNREADABLE, file + " does not exist: check the path", e);
        } catch (AccessDeniedException e) {
            throw new ImageException(Reason.UNREADABLE, file + " may not be read: check its permissions", e);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /** Reads a picture from a stream, to its end, and leaves it open. Throws {@link ImageException}. */
    public static Image read(InputStream in) {
        return read(in, ImageLimits.DEFAULT);
    }

    /** Reads a picture within limits from a stream, to its end, and leaves it open. Throws {@link ImageException}. */
    public static Image read(InputStream in, ImageLimits limits) {
        try {
            return read(in, limits, "the stream");
        } catch (IOException e) {
            throw unreadable("the stream", e);
        }
    }

    /** Reads a picture from a file's bytes. Throws {@link ImageException} when that is impossible. */
    public static Image read(byte[] data) {
        return read(data, ImageLimits.DEFAULT);
    }

    /** Reads a picture within limits from a file's bytes. Throws {@link ImageException} when that is impossible. */
    public static Image read(byte[] data, ImageLimits limits) {
        return read(new ByteArrayInputStream(data), limits);
    }

    private static Image read(InputStream in, ImageLimits limits, String name) throws IOException {
        var head = in.readNBytes((int) Math.min(ImageFormat.HEAD, limits.maxBytes()));
        var format = format(head, name);
        long most = Math.min(limits.maxBytes(), Integer.MAX_VALUE - 8L);
        var rest = in.readNBytes((int) (most - head.length));
        if (in.read() >= 0) {
            throw tooManyBytes(name, limits);
        }
        var data = Arrays.copyOf(head, head.length + rest.length);
        System.arraycopy(rest, 0, data, head.length, rest.length);
        return decode(format, data, limits, name);
    }

    /**
     * The dimensions that a picture declares, before EXIF turns it, read without decoding it: for those who have to find
     * the memory first. Throws {@link ImageException}, also where {@link #read} would refuse them.
     */
    public static Size sizeOf(byte[] data, ImageLimits limits) {
        var format = format(Arrays.copyOf(data, Math.min(data.length, ImageFormat.HEAD)), "the picture");
        var found = new Size[1];
        try {
            format.decode(data, (width, height) -> {
                check(limits).check(width, height);
                found[0] = new Size((int) width, (int) height);
                throw CodecException.tooLarge("its size is all that was wanted");
            });
            throw new IllegalStateException("a decoder took memory without asking");
        } catch (CodecException e) {
            if (found[0] != null) {
                return found[0];
            }
            throw failed(e, "the picture, a " + format + " picture, ");
        } catch (ArithmeticException | IndexOutOfBoundsException e) {
            throw new ImageException(Reason.DAMAGED, "the picture, a " + format + " picture, is damaged (" + e + ")",
                    e);
        }
    }

    /** Columns and rows, both at least 1. */
    public record Size(int width, int height) {
        /** Width times height. */
        public long pixels() {
            return (long) width * height;
        }
    }

    private static ImageFormat format(byte[] head, String name) {
        return ImageFormat.of(head).orElseThrow(() -> new ImageException(Reason.NOT_A_PICTURE, name
                + " is not a picture that can be read; it looks like " + ImageFormat.describe(head)
                + ". Pass a JPEG, PNG, GIF, BMP, TIFF or WebP file"));
    }

    private static Image decode(ImageFormat format, byte[] data, ImageLimits limits, String name) {
        try {
            var raster = format.decode(data, check(limits)).transposed();
            return new Image(raster.width(), raster.height(), raster.rgb());
        } catch (CodecException e) {
            throw failed(e, name + ", a " + format + " picture, ");
        } catch (OutOfMemoryError e) {
            // What was allocated for this picture alone is garbage by now, so the process can go on.
            throw new ImageException(Reason.TOO_LARGE, name + ", a " + format + " picture, does not fit into the memory"
                    + " that is left: shrink it, read fewer pictures at once, or give the JVM more (-Xmx)", e);
        } catch (RuntimeException e) {
            // The decoders check what they read; a mistake of theirs must still not look like one of the caller's.
            throw new ImageException(Reason.DAMAGED, name + ", a " + format + " picture, is damaged in a way that the"
                    + " decoder was not prepared for (" + e + "). Fetch or save it again", e);
        }
    }

    private static ImageException failed(CodecException e, String what) {
        return switch (e.kind()) {
            case TRUNCATED -> new ImageException(Reason.INCOMPLETE,
                    what + "is incomplete: " + e.getMessage() + ". Fetch or save it again", e);
            case CORRUPT -> new ImageException(Reason.DAMAGED,
                    what + "is damaged: " + e.getMessage() + ". Fetch or save it again", e);
            case UNSUPPORTED -> new ImageException(Reason.UNSUPPORTED,
                    what + "cannot be decoded: " + e.getMessage() + ". Save it as a usual JPEG or PNG", e);
            case TOO_LARGE -> new ImageException(Reason.TOO_LARGE,
                    what + "is too large: " + e.getMessage() + ". Shrink it, or pass larger ImageLimits", e);
        };
    }

    private static SizeCheck check(ImageLimits limits) {
        return (width, height) -> {
            String size = width + " x " + height + " pixels";
            if (width > limits.maxSide() || height > limits.maxSide()) {
                throw CodecException.tooLarge("it has " + size + ", and a side may have " + limits.maxSide());
            }
            long pixels = width * height;
            if (pixels > limits.maxPixels()) {
                throw CodecException.tooLarge("it has " + size + ", and " + limits.maxPixels() + " in all are allowed");
            }
            long memory = Math.min(Runtime.getRuntime().maxMemory(), Integer.MAX_VALUE - 8L);
            if (pixels > memory / 3) {
                throw CodecException.tooLarge("it has " + size + ", which take more memory than the JVM may use");
            }
        };
    }

    private static ImageException tooManyBytes(String name, ImageLimits limits) {
        return new ImageException(Reason.TOO_LARGE, name + " has more than " + limits.maxBytes()
                + " bytes: shrink it, or pass larger ImageLimits");
    }

    private static ImageException unreadable(String name, IOException e) {
        return new ImageException(Reason.UNREADABLE, name + " cannot be read: " + e.getMessage(), e);
    }

    /** A copy of a picture of Java's own graphics; grey stays as it is stored, alpha is dropped. */
    public static Image of(BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        var rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        // Java takes one grey for linear light and brightens it on the way to RGB, which no other software does.
        boolean grey = picture.getColorModel() instanceof ComponentColorModel model
                && model.getNumColorComponents() == 1 && model.getTransferType() == DataBuffer.TYPE_BYTE;
        var row = new int[width];
        for (int y = 0; y < height; y++) {
            if (grey) {
                picture.getRaster().getSamples(0, y, width, 1, 0, row);
            } else {
                picture.getRGB(0, y, width, 1, row, 0, width);
            }
            for (int x = 0; x < width; x++) {
                int at = 3 * (y * width + x);
                rgb[at] = (byte) (grey ? row[x] : row[x] >> 16);
                rgb[at + 1] = (byte) (grey ? row[x] : row[x] >> 8);
                rgb[at + 2] = (byte) row[x];
            }
        }
        return new Image(width, height, rgb);
    }

    /**
     * A picture of given pixels.
     *
     * @param rgb interleaved red, green and blue, row by row, {@code [H,W,3]}; copied
     */
    public static Image of(int width, int height, byte[] rgb) {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException("a picture of " + width + " x " + height + " pixels takes "
                    + 3L * width * height + " bytes, not " + rgb.length);
        }
        return new Image(width, height, rgb.clone());
    }

    /** The number of columns. */
    public int width() {
        return width;
    }

    /** The number of rows. */
    public int height() {
        return height;
    }

    /** A pixel as {@code 0xRRGGBB}, counted from the top left corner. */
    public int rgb(int x, int y) {
        int at = 3 * (Objects.checkIndex(y, height) * width + Objects.checkIndex(x, width));
        return (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff;
    }

    /** A copy of all pixels: interleaved red, green and blue, row by row, {@code [H,W,3]}. */
    public byte[] toRgb() {
        return rgb.clone();
    }

    /** The pixels themselves, which must not be changed. */
    byte[] pixels() {
        return rgb;
    }

    /** This picture in another size, equal to Pillow's {@code Image.resize((newWidth, newHeight), filter)}. */
    public Image resize(int newWidth, int newHeight, Resample filter) {
        if (newWidth < 1 || newHeight < 1 || 3L * newWidth * newHeight > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a picture cannot have " + newWidth + " x " + newHeight + " pixels");
        }
        var rows = new ByteRows(newWidth, newHeight);
        new Resize(filter, newWidth, newHeight, new Resize.Window(0, 0, newWidth, newHeight), new Lines()).apply(this,
                rows);
        return new Image(newWidth, newHeight, rows.pixels());
    }

    /** As in logs: {@code Image[301 x 257]}. */
    @Override
    public String toString() {
        return "Image[" + width + " x " + height + "]";
    }
}
