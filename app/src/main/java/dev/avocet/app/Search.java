// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.pipelines.Align;
import dev.avocet.search.Hit;
import dev.avocet.search.PictureIndex;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code avocet search}. */
@Command(
        name = "search",
        header = "Find pictures of an index by a text or a picture.",
        description = {
            "",
            "Prints the pictures that fit best, each with the cosine of its vector and that of what is looked for, or",
            "writes a contact sheet.",
            ""},
        footer = {"", "Example: avocet search holiday.index \"a red bicycle\" --output bicycles.html"})
final class Search implements Executable {
    @Parameters(index = "0", paramLabel = "INDEX", description = "The folder of an index.")
    private Path index;

    @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "What the pictures should show.")
    private String text;

    @Option(names = "--image", paramLabel = "IMAGE",
            description = "A picture that they should be like, instead of a text.")
    private String image;

    @Option(names = "--top-k", paramLabel = "N", defaultValue = "10", converter = AtLeastOne.class,
            description = "How many pictures to find. Default: 10.")
    private int topK;

    @Option(names = "--output", paramLabel = "FILE",
            description = "Write a contact sheet instead: .html, a page with all in it, or .png.")
    private Path output;

    @Option(names = "--model", paramLabel = "MODEL",
            description = ModelReference.HELP + " Default: the one that the index was made with.")
    private String model;

    @Option(names = "--json", description = "Print JSON Lines: one object per picture.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    Search(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        if ((text == null) == (image == null)) {
            throw new UsageException("give either a text or --image with a picture to look for");
        }
        if (json && output != null) {
            throw new UsageException("--json and --output exclude each other");
        }
        var sheet = output == null ? null : ContactSheet.to(output);
        try (var open = PictureIndex.open(index)) {
            var chosen = model(open);
            try (var device = common.open(terminal, () -> Work.of(chosen));
                    var align = Align.load(chosen.folder(), device, common.loadOptions())) {
                var hits = hits(open, align);
                if (hits.isEmpty()) {
                    terminal.say(index + " has no pictures");
                }
                if (sheet != null) {
                    sheet.write(title(), hits, terminal);
                    terminal.say("wrote " + output);
                } else if (json) {
                    writeJson(hits);
                } else {
                    writeText(hits);
                }
                return OK;
            }
        }
    }

    private ModelReference model(PictureIndex open) {
        if (model != null) {
            return ModelReference.of(model, terminal, common);
        }
        var name = open.mark().model();
        try {
            return ModelReference.of(name, terminal, common);
        } catch (AvocetException e) {
            throw new AvocetException(index + " was made with the model " + name + ", which is not to be had: "
                    + e.getMessage() + "; pass its place now as --model", e);
        }
    }

    private List<Hit> hits(PictureIndex open, Align align) {
        if (image == null) {
            return open.search(align, text, topK);
        }
        var pictures = Pictures.of(List.of(image), terminal, common);
        if (pictures.size() != 1) {
            throw new UsageException("--image takes one picture, and " + image + " has " + pictures.size());
        }
        return open.search(align, pictures.getFirst().read(), topK);
    }

    private String title() {
        return image == null ? text : image;
    }

    private void writeJson(List<Hit> hits) {
        var lines = new JsonLines(terminal.out());
        for (int i = 0; i < hits.size(); i++) {
            int rank = i + 1;
            var hit = hits.get(i);
            lines.line(line -> {
                line.writeNumberField("rank", rank);
                line.writeNumberField("score", hit.score());
                line.writeStringField("picture", hit.entry().place());
                line.writeObjectFieldStart("fields");
                for (var field : hit.entry().fields().entrySet()) {
                    switch (field.getValue()) {
                        case Long number -> line.writeNumberField(field.getKey(), number);
                        case Double number -> line.writeNumberField(field.getKey(), number);
                        default -> line.writeStringField(field.getKey(), field.getValue().toString());
                    }
                }
                line.writeEndObject();
            });
        }
    }

    private void writeText(List<Hit> hits) {
        int width = Integer.toString(hits.size()).length();
        for (int i = 0; i < hits.size(); i++) {
            var hit = hits.get(i);
            var line = String.format(Locale.ROOT, "%" + width + "d  %.4f  %s", i + 1, hit.score(),
                    DisplayText.clean(hit.entry().place()));
            terminal.out().println(line + caption(hit));
        }
    }

    private static String caption(Hit hit) {
        return ContactSheet.caption(hit.entry())
                .map(text -> "  \"" + DisplayText.fit(DisplayText.clean(text), 60).strip() + "\"").orElse("");
    }
}
