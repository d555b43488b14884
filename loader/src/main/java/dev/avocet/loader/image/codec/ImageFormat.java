// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** The formats that are decoded, told apart by their first bytes alone; file names and declared types are not asked. */
public enum ImageFormat {
    JPEG,
    PNG,
    GIF,
    BMP,
    TIFF,
    WEBP;

    /** How many bytes {@link #of} and {@link #describe} look at. */
    public static final int HEAD = 64;

    /** The format of data that begin with these bytes; empty when it is none of these. */
    public static Optional<ImageFormat> of(byte[] head) {
        if (begins(head, 0, "\u00ff\u00d8\u00ff")) {
            return Optional.of(JPEG);
        } else if (begins(head, 0, "\u0089PNG\r\n\u001a\n")) {
            return Optional.of(PNG);
        } else if (begins(head, 0, "GIF87a") || begins(head, 0, "GIF89a")) {
            return Optional.of(GIF);
        } else if (begins(head, 0, "BM")) {
            return Optional.of(BMP);
        } else if (begins(head, 0, "II*\0") || begins(head, 0, "MM\0*")
                || begins(head, 0, "II+\0") || begins(head, 0, "MM\0+")) {
            return Optional.of(TIFF);
        } else if (begins(head, 0, "RIFF") && begins(head, 8, "WEBP")) {
            return Optional.of(WEBP);
        }
        return Optional.empty();
    }

    /** Decodes a whole file of this format, whose rows are then as they are stored: see {@link Raster#transposed}. */
    public Raster decode(byte[] data, SizeCheck limits) throws CodecException {
        SizeCheck sizes = (width, height) -> {
            if (width < 1 || height < 1) {
                throw CodecException.corrupt("it has " + width + " x " + height + " pixels");
            }
            limits.check(width, height);
        };
        return switch (this) {
            case JPEG -> JpegDecoder.decode(data, sizes);
            case PNG -> PngDecoder.decode(data, sizes);
            case GIF -> GifDecoder.decode(data, sizes);
            case BMP -> BmpDecoder.decode(data, sizes);
            case TIFF -> TiffDecoder.decode(data, sizes);
            case WEBP -> WebpDecoder.decode(data, sizes);
        };
    }

    private static boolean begins(byte[] head, int from, String ascii) {
        return ByteInput.startsWith(head, from, head.length, ascii);
    }

    /** What data that begin with these bytes look like, when they are none of these formats. */
    public static String describe(byte[] head) {
        if (head.length == 0) {
            return "nothing: it is empty";
        }
        if (begins(head, 4, "ftyp")) {
            return switch (new String(head, 8, Math.min(4, head.length - 8),
                    StandardCharsets.US_ASCII)) {
                case "avif", "avis" -> "an AVIF picture";
                case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1" -> "a HEIF (HEIC) picture";
                case "crx " -> "a raw camera picture";
                default -> "a video";
            };
        }
        for (var known : KNOWN) {
            if (begins(head, known.at, known.bytes)) {
                return known.what;
            }
        }
        return isText(head) ? describeText(head) : "no picture format that is known here";
    }

    private record Known(int at, String bytes, String what) {}

    private static final Known[] KNOWN = {
        new Known(0, "\u0000\u0000\u0000\fJXL ", "a JPEG XL picture"),
        new Known(0, "\u00ff\n", "a JPEG XL picture"),
        new Known(0, "\u0000\u0000\u0000\fjP  ", "a JPEG 2000 picture"),
        new Known(0, "\u00ffO\u00ffQ", "a JPEG 2000 picture"),
        new Known(0, "II\u00bc\u0001", "a JPEG XR picture"),
        new Known(0, "8BPS", "a Photoshop file"),
        new Known(0, "\u0000\u0000\u0001\u0000", "a Windows icon"),
        new Known(0, "DDS ", "a DirectDraw texture"),
        new Known(0, "qoif", "a QOI picture"),
        new Known(0, "%PDF", "a PDF document"),
        new Known(0, "PK\u0003\u0004", "a ZIP archive"),
        new Known(0, "\u001f\u008b", "gzip-compressed data"),
        new Known(0, "7z\u00bc\u00af", "a 7z archive"),
        new Known(0, "Rar!", "a RAR archive"),
        new Known(257, "ustar", "a tar archive"),
        new Known(0, "\u007fELF", "a program"),
        new Known(0, "MZ", "a program"),
        new Known(0, "\u001aE\u00df\u00a3", "a video"),
        new Known(0, "RIFF", "a RIFF file that holds no picture"),
        new Known(0, "OggS", "an Ogg file"),
        new Known(0, "ID3", "an MP3 file"),
    };

    private static boolean isText(byte[] head) {
        for (byte b : head) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' || b == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static String describeText(byte[] head) {
        var text = new String(head, StandardCharsets.UTF_8).replace("\ufeff", "").strip().toLowerCase(
                Locale.ROOT);
        if (text.startsWith("version https://git-lfs")) {
            return "a Git LFS pointer: the file itself has not been fetched";
        } else if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
            return "a web page";
        } else if (text.startsWith("<svg") || text.contains("<svg")) {
            return "an SVG drawing";
        } else if (text.startsWith("<?xml")) {
            return "an XML document";
        } else if (text.startsWith("{") || text.startsWith("[")) {
            return "JSON";
        } else if (text.startsWith("data:")) {
            return "a data URL: decode its base64 first";
        }
        return "text";
    }
}
