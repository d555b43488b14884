// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * ImageNet-ReaL's labels as published in {@code real.json}: for each of the 50,000 pictures for validation, in the order of their numbers,
 * the classes that people see in it, which may be none.
 */
public record RealLabels(List<Set<Integer>> labels) {
    private static final Pattern NUMBER = Pattern.compile("ILSVRC2012_val_(\\d{8})\\..*");

    /** Reads the file; throws {@link EvaluationException} where it is none. */
    public static RealLabels read(Path file) {
        var all = new ArrayList<Set<Integer>>();
        try (var json = new JsonFactory().createParser(file.toFile())) {
            require(json.nextToken() == JsonToken.START_ARRAY, file);
            while (json.nextToken() == JsonToken.START_ARRAY) {
                var some = new TreeSet<Integer>();
                while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                    some.add(json.getIntValue());
                }
                require(json.currentToken() == JsonToken.END_ARRAY, file);
                all.add(some);
            }
            require(json.currentToken() == JsonToken.END_ARRAY, file);
        } catch (IOException e) {
            throw new EvaluationException(file + " can't be read: " + e.getMessage().lines().findFirst().orElse("")
                    + "; give ReaL's real.json", e);
        }
        return new RealLabels(List.copyOf(all));
    }

    private static void require(boolean holds, Path file) {
        if (!holds) {
            throw new EvaluationException(file + " is no list of lists of classes; give ReaL's real.json");
        }
    }

    /** The classes of a picture by its number in its name, {@code ILSVRC2012_val_00000293.JPEG}; empty where ReaL has none. */
    public Optional<Set<Integer>> of(Path picture) {
        var matcher = NUMBER.matcher(picture.getFileName().toString());
        if (!matcher.matches()) {
            throw new EvaluationException(picture + " has no number by which ReaL knows it; keep ImageNet's names, "
                    + "such as ILSVRC2012_val_00000293.JPEG");
        }
        int number = Integer.parseInt(matcher.group(1));
        if (number < 1 || number > labels.size()) {
            throw new EvaluationException(picture + " is beyond the " + labels.size() + " pictures that ReaL knows");
        }
        return Optional.of(labels.get(number - 1)).filter(some -> !some.isEmpty());
    }
}
