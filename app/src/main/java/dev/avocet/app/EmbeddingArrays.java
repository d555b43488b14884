// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.coyo.eval.Npy;
import dev.avocet.loader.OutputFile;
import dev.avocet.loader.checkpoint.SafetensorsWriter;
import java.io.IOException;
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

    private void writeNpy() {
        try (var output = OutputFile.create(file)) {
            Npy.write(output.stream(), rows);
            output.commit();
        } catch (IOException e) {
            throw OutputFile.failed(file, e);
        }
    }

    @Override
    public void close() {}
}
