// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.core.model.Config;
import dev.avocet.core.model.Model;
import dev.avocet.core.nn.TensorSource;
import dev.avocet.core.nn.Weights;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

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
     * @param problem what is missing, left over or not supported; empty where nothing is
     * @param ignored tensors that inference has no use for; empty where there is a problem
     */
    record Fit(Optional<String> problem, List<String> ignored) {}

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
                    Optional.of(new Fit(Optional.of(e.getMessage()), List.of())));
        }
    }

    private static Fit fit(Config config, Recording source) {
        try {
            Model.load(config, Weights.of(source));
            return new Fit(Optional.empty(), List.copyOf(source.unread()));
        } catch (AvocetException e) {
            return new Fit(Optional.of(e.getMessage()), List.of());
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
