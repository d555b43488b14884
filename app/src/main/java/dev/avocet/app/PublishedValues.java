// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.checkpoint.JsonFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What others have published of a model's results, to hold ours against. */
record PublishedValues(List<Check> checks) {
    private static final List<String> KNOWN = List.of("align-base", "vit-base-patch16-224", "vit-large-patch16-384");

    /**
     * Some results for one picture.
     *
     * @param what they are, in a few words
     * @param image the picture's URL
     * @param texts what the model is also given; empty for none
     * @param maxLength the tokens that texts are padded and cut to
     * @param output the result, named as {@code avocet run} writes it
     * @param isSoftmax whether the probabilities of its first row are meant, not the row
     * @param names the names of the values: classes where the model has such, else texts
     * @param published the values
     * @param tolerance how far ours may be from them
     * @param source who published them
     */
    record Check(String what, String image, List<String> texts, int maxLength, String output, boolean isSoftmax,
            List<String> names, List<Double> published, double tolerance, String source) {}

    /** Those that come with Avocet, by the last part of the model's name, whoever its owner and whatever its revision. */
    static PublishedValues of(String model) {
        var name = model.replaceFirst("@.*", "").replaceFirst("/+$", "").replaceFirst(".*/", "");
        if (!KNOWN.contains(name)) {
            throw new AvocetException("no published values of \"" + name + "\" come with Avocet, only of "
                    + String.join(", ", KNOWN) + "; give others with --values");
        }
        var resource = "published/" + name + ".json";
        try (var file = PublishedValues.class.getResourceAsStream(resource)) {
            return of(JsonFile.parse(file.readAllBytes(), Path.of(resource)), resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those in a file of the same form. */
    static PublishedValues of(Path file) {
        return of(JsonFile.read(file), file.toString());
    }

    private static PublishedValues of(Object json, String where) {
        try {
            var checks = new ArrayList<Check>();
            for (var each : (List<?>) ((Map<?, ?>) json).get("checks")) {
                checks.add(check((Map<?, ?>) each));
            }
            return new PublishedValues(checks);
        } catch (ClassCastException | NullPointerException e) {
            throw new AvocetException(where + " is no table of published values; see docs/command-line.md for its form",
                    e);
        }
    }

    private static Check check(Map<?, ?> fields) {
        var published =
                ((List<?>) fields.get("published")).stream().map(each -> ((Number) each).doubleValue()).toList();
        var names = texts(fields, "names");
        var texts = texts(fields, "texts");
        if (names.size() != published.size() || !texts.isEmpty() && texts.size() != names.size()) {
            throw new ClassCastException("names, values and texts differ in number");
        }
        return new Check((String) fields.get("what"), (String) fields.get("image"), texts,
                fields.get("max_length") instanceof Number length ? length.intValue() : 0,
                (String) fields.get("output"),
                Boolean.TRUE.equals(fields.get("softmax")), names, published,
                ((Number) fields.get("tolerance")).doubleValue(), (String) fields.get("source"));
    }

    private static List<String> texts(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof List<?> list ? list.stream().map(String.class::cast).toList() : List.of();
    }
}
