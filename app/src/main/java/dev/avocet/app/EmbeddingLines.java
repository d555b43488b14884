// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.loader.OutputFile;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Embeddings as JSON Lines, one object for each text and picture, and one for each picture that failed. */
final class EmbeddingLines implements EmbeddingOutput {
    private final JsonLines lines;
    private final Optional<OutputFile> file;

    private EmbeddingLines(JsonLines lines, Optional<OutputFile> file) {
        this.lines = lines;
        this.file = file;
    }

    /** Lines to standard output. */
    EmbeddingLines(JsonLines lines) {
        this(lines, Optional.empty());
    }

    /** Lines to a file. */
    static EmbeddingLines to(Path path) {
        var file = OutputFile.create(path);
        return new EmbeddingLines(
                new JsonLines(new OutputStreamWriter(file.stream(), StandardCharsets.UTF_8)), Optional.of(file));
    }

    @Override
    public void text(String text, float[] vector) {
        line("text", text, vector);
    }

    @Override
    public void image(Pictures.Picture picture, float[] vector) {
        line("image", picture.name(), vector);
    }

    private void line(String kind, String name, float[] vector) {
        lines.line(line -> {
            line.writeStringField(kind, name);
            JsonLines.writeFloats(line, "embedding", vector);
        });
    }

    @Override
    public void failed(Pictures.Picture picture, String reason) {
        lines.error(picture, reason);
    }

    @Override
    public void finish() {
        file.ifPresent(OutputFile::commit);
    }

    @Override
    public void close() {
        file.ifPresent(OutputFile::close);
    }
}
