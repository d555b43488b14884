// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import dev.avocet.core.model.Config;
import dev.avocet.core.model.ConfigException;
import dev.avocet.core.model.Extent;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * What {@code size} in preprocessor_config.json asks for: one size for all pictures, or a rule by their proportions.
 */
public sealed interface TargetSize {
    /** The size of a picture of this size after resizing, by the float64 operations of Hugging Face's functions. */
    Extent of(int height, int width);

    /** Every picture to the same size. */
    record Exact(Extent extent) implements TargetSize {
        @Override
        public Extent of(int height, int width) {
            return extent;
        }
    }

    /** The shorter side to a length, unless the longer one would then be longer than another; proportions are kept. */
    record ShortestEdge(int length, OptionalInt longest) implements TargetSize {
        @Override
        public Extent of(int height, int width) {
            int shorter = Math.min(height, width);
            int longer = Math.max(height, width);
            if (longest.isEmpty()) {
                int other = (int) ((double) ((long) length * longer) / shorter);
                return width <= height ? new Extent(other, length) : new Extent(length, other);
            }
            double exact = length;
            int side = length;
            if ((double) longer / shorter * length > longest.getAsInt()) {
                exact = (double) longest.getAsInt() * shorter / longer;
                side = (int) Math.rint(exact);
            }
            if (shorter == side) {
                return new Extent(height, width);
            }
            return width < height
                    ? new Extent((int) (exact * height / width), side)
                    : new Extent(side, (int) (exact * width / height));
        }
    }

    /** As large as fits into a height and a width; proportions are kept. */
    record Within(Extent most) implements TargetSize {
        @Override
        public Extent of(int height, int width) {
            double scale = Math.min((double) most.height() / height, (double) most.width() / width);
            return new Extent((int) (height * scale), (int) (width * scale));
        }
    }

    /** Reads a field such as {@code size}: a number, two numbers, or an object with the keys of one of these rules. */
    static TargetSize of(Config config, String name, boolean numberIsSquare) {
        if (!(config.fields().get(name) instanceof Map)) {
            if (config.fields().get(name) instanceof List || numberIsSquare) {
                return new Exact(config.extent(name, 0));
            }
            return new ShortestEdge(config.positive(name, 0), OptionalInt.empty());
        }
        var size = config.at(name);
        var keys = new TreeSet<>(size.fields().keySet());
        keys.removeIf(key -> !size.has(key));
        return switch (String.join(" ", keys)) {
            case "height width" -> new Exact(extent(size, "height", "width"));
            case "shortest_edge" -> new ShortestEdge(size.positive("shortest_edge", 0), OptionalInt.empty());
            case "longest_edge shortest_edge" -> new ShortestEdge(
                    size.positive("shortest_edge", 0), OptionalInt.of(size.positive("longest_edge", 0)));
            case "max_height max_width" -> new Within(extent(size, "max_height", "max_width"));
            default -> throw new ConfigException(size.source() + " has the keys " + keys + ": give height and width, or"
                    + " shortest_edge with or without longest_edge, or max_height and max_width");
        };
    }

    private static Extent extent(Config size, String height, String width) {
        return new Extent(size.positive(height, 0), size.positive(width, 0));
    }
}
