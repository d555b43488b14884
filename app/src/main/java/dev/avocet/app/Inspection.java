// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.core.model.Config;
import dev.avocet.core.model.Model;
import dev.avocet.core.nn.Mismatch;
import dev.avocet.core.nn.TensorSource;
import dev.avocet.core.nn.WeightMismatch;
import dev.avocet.core.nn.Weights;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What there is to know of a checkpoint without running it.
 *
 * @param config its configuration, where it is a folder that has one
 * @param summary the configuration's main fields
 * @param fit how configuration and tensors go together, where there is a configuration
 */
record Inspection(
        Path path, Checkpoint checkpoint, Optional<Config> config, SequencedMap<String, Object> summary,
        Optional<Fit> fit) {

    /**
     * How configuration and tensors go together.
     *
     * @param problem why no model can be made of them, as loading one would say; empty where one can
     * @param differences all tensors that are missing, left over, or of another shape or type
     * @param ignored tensors that inference has no use for
     */
    record Fit(Optional<String> problem, List<Mismatch> differences, List<String> ignored) {
        private static Fit unsupported(AvocetException e) {
            return new Fit(Optional.of(e.getMessage()), List.of(), List.of());
        }

        private static Fit of(List<Mismatch> differences, Collection<String> ignored) {
            var problem = differences.isEmpty()
                    ? Optional.<String>empty()
                    : Optional.of(new WeightMismatch(differences).getMessage());
            return new Fit(problem, List.copyOf(differences), List.copyOf(ignored));
        }

        /** The ignored ones, with {@code *} for the numbers in their names, and how many of each pattern there are. */
        SequencedMap<String, Integer> ignoredPatterns() {
            var patterns = new LinkedHashMap<String, Integer>();
            ignored.forEach(name -> patterns.merge(name.replaceAll("(?<=\\.)[0-9]+(?=\\.)", "*"), 1, Integer::sum));
            return patterns;
        }

        /** How many differences there are of each kind, in words. */
        String count() {
            return Arrays.stream(Mismatch.Kind.values())
                    .map(kind -> Map.entry(kind, differences.stream().filter(each -> each.kind() == kind).count()))
                    .filter(each -> each.getValue() > 0)
                    .map(each -> each.getValue() + " " + words(each.getKey()))
                    .collect(Collectors.joining(", "));
        }

        static String words(Mismatch.Kind kind) {
            return switch (kind) {
                case MISSING -> "missing";
                case LEFT_OVER -> "left over";
                case SHAPE -> "of another shape";
                case TYPE -> "of another type";
            };
        }
    }

    /** Looks at a folder or a file. */
    static Inspection of(Path path, Checkpoint checkpoint) {
        var file = path.resolve("config.json");
        if (!Files.exists(file)) {
            return new Inspection(path, checkpoint, Optional.empty(), new LinkedHashMap<>(), Optional.empty());
        }
        var config = new Config(file.toString(), JsonFile.read(file));
        var source = new Recording(checkpoint, new TreeSet<>(checkpoint.names()));
        try {
            var summary = ConfigSummary.of(config);
            return new Inspection(path, checkpoint, Optional.of(config), summary, Optional.of(fit(config, source)));
        } catch (AvocetException e) {
            return new Inspection(path, checkpoint, Optional.of(config), new LinkedHashMap<>(),
                    Optional.of(Fit.unsupported(e)));
        }
    }

    private static Fit fit(Config config, Recording source) {
        var differences = new ArrayList<Mismatch>();
        try {
            Model.load(config, Weights.comparing(source, differences));
            return Fit.of(differences, source.unread());
        } catch (AvocetException e) {
            return Fit.unsupported(e);
        }
    }

    /** Whether a model can be made of it, as far as is known. */
    boolean isSound() {
        return fit.flatMap(Fit::problem).isEmpty();
    }

    /** Takes note of what a model reads. */
    private record Recording(Checkpoint checkpoint, TreeSet<String> unread) implements TensorSource {
        @Override
        public Set<String> names() {
            return checkpoint.names();
        }

        @Override
        public HostTensor tensor(String name) {
            unread.remove(name);
            return checkpoint.tensor(name);
        }

        @Override
        public String origin(String name) {
            return checkpoint.origin(name);
        }
    }
}
