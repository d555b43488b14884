// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader;

import dev.avocet.core.backend.KeptWeights;
import dev.avocet.core.backend.PackedCache;
import dev.avocet.core.model.Config;
import dev.avocet.core.model.Model;
import dev.avocet.core.nn.Weights;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.JsonFile;
import dev.avocet.loader.hub.CachedModel;
import dev.avocet.loader.image.Preprocessor;
import dev.avocet.loader.tokenizer.Tokenizer;
import java.nio.file.Path;

/**
 * A model's folder in Hugging Face layout, opened: the network, with its weights mapped but not read.
 *
 * <p>Must stay open for as long as a session uses the model, because weights are read on their first use.
 */
public final class Pretrained implements AutoCloseable {
    private final Path folder;
    private final Config config;
    private final Checkpoint checkpoint;
    private final Model model;

    private Pretrained(Path folder, Config config, Checkpoint checkpoint) {
        this.folder = folder;
        this.config = config;
        this.checkpoint = checkpoint;
        this.model = Model.load(config, Weights.of(checkpoint));
    }

    /**
     * Opens a folder with config.json and the weights.
     *
     * @throws dev.avocet.core.AvocetException of the kind that says what is wrong: a file, a field or a tensor
     */
    public static Pretrained open(Path folder) {
        var checkpoint = Checkpoint.open(folder);
        try {
            var file = folder.resolve("config.json");
            return new Pretrained(folder, new Config(file.toString(), JsonFile.read(file)), checkpoint);
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    /** The name on the hub, or for other folders their own name, for messages. */
    public String name() {
        return name(folder);
    }

    /** The name of the model in a folder: that on the hub, or the folder's own. */
    public static String name(Path folder) {
        var name = folder.toAbsolutePath().normalize().getFileName();
        return CachedModel.nameOf(folder).orElse(name == null ? folder.toString() : name.toString());
    }

    /** The folder. */
    public Path folder() {
        return folder;
    }

    /** config.json. */
    public Config config() {
        return config;
    }

    /** The network. */
    public Model model() {
        return model;
    }

    /** This model's weights in a cache of packed ones. */
    public KeptWeights keptIn(PackedCache cache) {
        return new KeptWeights(cache, () -> checkpoint.identity().map(files -> config.fields() + "\n" + files));
    }

    /** How pictures become pixel_values, from preprocessor_config.json. */
    public Preprocessor preprocessor() {
        return Preprocessor.load(folder);
    }

    /** How texts become input_ids, from the tokenizer's files. */
    public Tokenizer tokenizer() {
        return Tokenizer.load(folder);
    }

    /** Unmaps the weights. */
    @Override
    public void close() {
        checkpoint.close();
    }
}
