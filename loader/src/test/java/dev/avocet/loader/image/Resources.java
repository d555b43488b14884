// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The pictures and expectations of src/test/resources/image, which src/test/python/pictures.py made. */
final class Resources {
    private Resources() {}

    static byte[] bytes(String name) {
        try (var in = Resources.class.getResourceAsStream("/image/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A text's lines, each split at its spaces. */
    static List<String[]> table(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8).lines().map(line -> line.split(" ")).toList();
    }

    /** The names of all pictures, with their folders. */
    static List<String> pictures() {
        var photos = table("golden.txt").stream()
                .map(row -> row[0])
                .filter(name -> name.startsWith("rgb."))
                .map(name -> "photos/" + name.substring(4));
        return Stream.concat(photos, table("kinds.txt").stream().map(row -> "kinds/" + row[0])).toList();
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The hash of float32 values, little endian, so of every bit of them. */
    static String sha256(float[] values) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return sha256(bytes.array());
    }

    /** The highest byte of a linear congruential generator, as pictures.py computes it. */
    static Image noise(int width, int height) {
        var rgb = new byte[3 * width * height];
        int state = width * 65536 + height;
        for (int i = 0; i < rgb.length; i++) {
            state = state * 1664525 + 1013904223;
            rgb[i] = (byte) (state >>> 24);
        }
        return Image.of(width, height, rgb);
    }
}
