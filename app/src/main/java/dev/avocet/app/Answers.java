// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.loader.image.Image;
import dev.avocet.pipelines.Prediction;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Shows what a model says of pictures: a table with bars for people, or JSON Lines. */
final class Answers {
    private static final int COLUMNS = 80;
    private static final int LONGEST_LABEL = 36;
    /** Two spaces before and between the columns, and a score such as 0.8224. */
    private static final int SPACES_AND_SCORE = 12;
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

    private final Terminal terminal;
    private final CommonOptions common;
    private final Optional<JsonLines> json;

    Answers(Terminal terminal, CommonOptions common, boolean asJson) {
        this.terminal = terminal;
        this.common = common;
        this.json = asJson ? Optional.of(new JsonLines(terminal.out())) : Optional.empty();
    }

    /** Asks the model about each picture; returns the exit code. */
    int of(List<String> images, Function<Image, List<Prediction>> model) {
        return Pictures.forEach(
                Pictures.of(images, terminal, common),
                terminal,
                (picture, image) -> show(picture, model.apply(image)),
                (picture, reason) -> json.ifPresent(lines -> lines.error(picture, reason)));
    }

    private void show(Pictures.Picture picture, List<Prediction> predictions) {
        if (json.isPresent()) {
            json.get().line(line -> {
                line.writeStringField("image", picture.name());
                line.writeArrayFieldStart("predictions");
                for (var each : predictions) {
                    line.writeStartObject();
                    line.writeStringField("label", each.label());
                    line.writeNumberField("score", each.score());
                    line.writeEndObject();
                }
                line.writeEndArray();
            });
        } else {
            showTable(picture.name(), predictions);
        }
    }

    private void showTable(String title, List<Prediction> predictions) {
        var labels = predictions.stream().map(each -> DisplayText.clean(each.label())).toList();
        int width = Math.min(LONGEST_LABEL, labels.stream().mapToInt(DisplayText::width).max().orElse(0));
        var out = terminal.out();
        out.println(DisplayText.clean(title));
        for (int i = 0; i < labels.size(); i++) {
            float score = predictions.get(i).score();
            var row = String.format(Locale.ROOT, "  %s  %.4f  %s",
                    DisplayText.fit(labels.get(i), width), score, bar(score, COLUMNS - SPACES_AND_SCORE - width));
            out.println(row.stripTrailing());
        }
    }

    /** A bar that is full at a score of 1. */
    private String bar(float score, int columns) {
        if (!terminal.traits().unicode()) {
            return "#".repeat(Math.round(score * columns));
        }
        int eighths = Math.round(score * columns * 8);
        return "█".repeat(eighths / 8) + EIGHTHS.charAt(eighths % 8);
    }
}
