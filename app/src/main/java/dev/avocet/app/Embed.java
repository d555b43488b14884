// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.pipelines.Align;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code avocet embed}. */
@Command(
        name = "embed",
        header = "Turn pictures and texts into vectors of one space, with ALIGN.",
        description = {
            "",
            "The vectors have length 1, so the dot product of two is their cosine: the larger, the closer in meaning.",
            "They are printed as JSON Lines in the order in which pictures and texts are given, or written to a file.",
            ""},
        footer = {"", "Example: avocet embed --text \"a photo of a cat\" --image cat.jpg --output vectors.npy"})
final class Embed implements Executable {
    /** A text or a picture; a group, so that picocli keeps the order of both kinds. */
    static final class Item {
        @Option(names = "--text", paramLabel = "TEXT", required = true,
                description = "A text; may be given several times.")
        private String text;

        @Option(names = "--image", paramLabel = "IMAGE", required = true,
                description = Pictures.HELP + " May be given several times.")
        private String image;
    }

    @ArgGroup(multiplicity = "1..*")
    private List<Item> items;

    @Option(names = "--raw", description = "Don't normalise: Hugging Face's get_image_features and get_text_features.")
    private boolean raw;

    @Option(names = "--output", paramLabel = "FILE",
            description = "Write to a file instead: .jsonl, .npy (one float32 row each) or .safetensors.")
    private Path output;

    @Option(names = "--model", paramLabel = "MODEL", description = ModelReference.HELP + " Default: tiny-align.")
    private String model;

    private final Terminal terminal;
    private final CommonOptions common;

    Embed(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        var images = items.stream().filter(item -> item.image != null).map(item -> item.image).toList();
        Pictures.requireOneStandardInput(images);
        try (var sink = EmbeddingOutput.to(output, raw, terminal)) {
            var chosen = ModelReference.of(model, Demo.TINY_ALIGN, terminal, common);
            try (var device = common.open(terminal, () -> Work.of(chosen));
                    var align = Align.load(chosen.folder(), device, common.loadOptions())) {
                int code = OK;
                for (var item : items) {
                    code = Math.max(code,
                            item.text == null ? image(align, item.image, sink) : text(align, item.text, sink));
                }
                sink.finish();
                return code;
            }
        }
    }

    private int text(Align align, String text, EmbeddingOutput sink) {
        sink.text(text, raw ? align.textFeatures(text) : align.embed(text));
        return OK;
    }

    private int image(Align align, String name, EmbeddingOutput sink) {
        return Pictures.forEach(
                Pictures.of(List.of(name), terminal, common),
                terminal,
                (picture, image) -> sink.image(picture, raw ? align.imageFeatures(image) : align.embed(image)),
                sink::failed);
    }
}
