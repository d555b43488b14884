// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.OutputFile;
import dev.avocet.loader.checkpoint.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Embeddings as matrices, one row each. A missing row would shift those after it, so with a failed picture no file appears. */
final class EmbeddingArrays implements EmbeddingOutput {
    enum Format {
        /** NumPy's format, version 1.0: all rows in their order, float32. */
        NPY,
        /** Pictures and texts as a tensor each, named as Hugging Face names them. */
        SAFETENSORS
    }

    private final Path file;
    private final Format format;
    private final boolean raw;
    private final List<float[]> rows = new ArrayList<>();
    private final List<float[]> images = new ArrayList<>();
    private final List<float[]> texts = new ArrayList<>();
    private int failures;

    EmbeddingArrays(Path file, Format format, boolean raw) {
        OutputFile.requireWritable(file);
        this.file = file;
        this.format = format;
        this.raw = raw;
    }

    @Override
    public void text(String text, float[] vector) {
        texts.add(vector);
        rows.add(vector);
    }

    @Override
    public void image(Pictures.Picture picture, float[] vector) {
        images.add(vector);
        rows.add(vector);
    }

    @Override
    public void failed(Pictures.Picture picture, String reason) {
        failures++;
    }

    @Override
    public void finish() {
        if (failures > 0) {
            throw new AvocetException(file + " was not written, because " + failures
                    + " of the pictures failed and their rows would be missing; leave them out, or write .jsonl");
        }
        switch (format) {
            case NPY -> writeNpy();
            case SAFETENSORS -> writeSafetensors();
        }
    }

    private void writeSafetensors() {
        var tensors = new LinkedHashMap<String, HostTensor>();
        put(tensors, raw ? "image_features" : "image_embeds", images);
        put(tensors, raw ? "text_features" : "text_embeds", texts);
        SafetensorsWriter.write(file, tensors, Map.of());
    }

    private static void put(Map<String, HostTensor> tensors, String name, List<float[]> rows) {
        if (!rows.isEmpty()) {
            int width = rows.getFirst().length;
            var matrix = new float[Math.multiplyExact(rows.size(), width)]; // [N,D]
            for (int i = 0; i < rows.size(); i++) {
                System.arraycopy(rows.get(i), 0, matrix, i * width, width);
            }
            tensors.put(name, HostTensor.of(Shape.of(rows.size(), width), matrix));
        }
    }

    /** The header is padded so that the data begins at a multiple of 64 bytes. */
    private void writeNpy() {
        int width = rows.getFirst().length;
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows.size() + ", " + width + "), }";
        int length = Math.ceilDiv(10 + header.length() + 1, 64) * 64 - 10;
        var start = ByteBuffer.allocate(10 + length).order(ByteOrder.LITTLE_ENDIAN);
        start.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
        start.putShort((short) length);
        start.put((header + " ".repeat(length - header.length() - 1) + "\n").getBytes(StandardCharsets.US_ASCII));
        try (var output = OutputFile.create(file)) {
            output.stream().write(start.array());
            for (var row : rows) {
                var bytes = ByteBuffer.allocate(width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(row);
                output.stream().write(bytes.array());
            }
            output.commit();
        } catch (IOException e) {
            throw OutputFile.failed(file, e);
        }
    }

    @Override
    public void close() {}
}
