// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.nio.file.Path;
import java.util.Locale;

/** Where embeddings go: standard output or a file, in a format that the file's name tells. */
interface EmbeddingOutput extends AutoCloseable {
    /** Takes a text's vector. */
    void text(String text, float[] vector);

    /** Takes a picture's vector. */
    void image(Pictures.Picture picture, float[] vector);

    /** Takes note of a picture that has none. */
    void failed(Pictures.Picture picture, String reason);

    /** Puts a file in its place; without this nothing appears. */
    void finish();

    @Override
    void close();

    /** The output of this name, or standard output without one; throws before work is done where it can't be written. */
    static EmbeddingOutput to(Path file, boolean raw, Terminal terminal) {
        if (file == null) {
            return new EmbeddingLines(new JsonLines(terminal.out()));
        }
        var name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".jsonl")) {
            return EmbeddingLines.to(file);
        }
        if (name.endsWith(".npy")) {
            return new EmbeddingArrays(file, EmbeddingArrays.Format.NPY, raw);
        }
        if (name.endsWith(".safetensors")) {
            return new EmbeddingArrays(file, EmbeddingArrays.Format.SAFETENSORS, raw);
        }
        throw new UsageException("--output must end in .jsonl, .npy or .safetensors, not as in " + file);
    }
}
