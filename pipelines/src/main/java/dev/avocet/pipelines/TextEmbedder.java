// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Session;
import dev.avocet.core.model.ConfigException;
import dev.avocet.core.model.bert.Bert;
import dev.avocet.loader.Pretrained;
import java.nio.file.Path;
import java.util.List;

/**
 * A sentence-transformers checkpoint of BERT, such as all-MiniLM-L6-v2: texts to vectors whose closeness is that of
 * their meaning.
 *
 * <p>May be used from any number of threads. {@link #close} refuses new calls and waits for those that run; the device
 * stays open for others. Everything passed and returned is plain heap data.
 */
public final class TextEmbedder implements AutoCloseable {
    private final Pretrained pretrained;
    private final Session session;
    private final Texts texts;
    private final Texts.Reading reading;
    private final int dimensions;
    private final String name;

    private TextEmbedder(
            SentenceModules modules, Pretrained pretrained, Bert model, String name, Device device,
            LoadOptions options) {
        int positions = model.config().maxPositionEmbeddings();
        var tokenizer = pretrained.tokenizer();
        int tokens = Math.min(positions, modules.maxTokens().orElse(Math.min(positions, tokenizer.maxLength())));
        this.pretrained = pretrained;
        this.name = name;
        this.dimensions = modules.pooling().modes().size() * modules.width();
        this.reading = new Texts.Reading(tokenizer, tokens, modules.prompt());
        this.session = Session.open("TextEmbedder " + name, model::forward, device, options.precision(),
                options.packedCache().map(pretrained::keptIn));
        this.texts = new Texts(session, model, reading, modules.pooling(), options.maxBatch(),
                new Observer(name, device.name(), options.listener()));
    }

    /** Loads a folder in sentence-transformers' layout with default options. */
    public static TextEmbedder load(Path folder, Device device) {
        return load(folder, device, LoadOptions.defaults());
    }

    /**
     * Loads a folder in sentence-transformers' layout: modules.json with a Transformer, a Pooling and at most a
     * Normalize after them, and what these name; the network is a BERT.
     *
     * @throws dev.avocet.core.AvocetException of the kind that says what is wrong with which file
     */
    public static TextEmbedder load(Path folder, Device device, LoadOptions options) {
        long began = System.nanoTime();
        var modules = SentenceModules.read(folder);
        var pretrained = Pretrained.open(modules.transformer());
        try {
            if (!(pretrained.model() instanceof Bert model)) {
                throw new ConfigException(folder + " holds no text embedder but a model of type \""
                        + pretrained.config().text("model_type", "") + "\"; wanted \"bert\"");
            }
            if (modules.width() != model.config().hiddenSize()) {
                throw new ConfigException(folder + ": Pooling is for a width of " + modules.width()
                        + ", but the network has " + model.config().hiddenSize());
            }
            var name = Pretrained.name(folder);
            var embedder = new TextEmbedder(modules, pretrained, model, name, device, options);
            new Observer(name, device.name(), options.listener()).loaded(System.nanoTime() - began);
            return embedder;
        } catch (RuntimeException | Error e) {
            pretrained.close();
            throw e;
        }
    }

    /** The model's name: that on the hub, or its folder's. */
    public String name() {
        return name;
    }

    /** The length of a vector. */
    public int dimensions() {
        return dimensions;
    }

    /** How many tokens a text may have, special tokens counted; longer ones are cut. */
    public int maxTokens() {
        return reading.maxTokens();
    }

    /** How many tokens are computed for a text, special tokens counted. */
    public int countTokens(String text) {
        return reading.tokens(text).length;
    }

    /** A text's vector, of Euclidean length 1 where the model normalises. */
    public float[] embed(String text) {
        return texts.embed("embed-text", List.of(text)).getFirst();
    }

    /** Several texts' vectors, in their order. */
    public float[][] embed(List<String> several) {
        return texts.embed("embed-text", several).toArray(float[][]::new);
    }

    /** Embeds the texts of many callers in batches; the caller closes it before this model. */
    public Batcher<String, float[]> batcher(BatchOptions options) {
        return texts.batcher("embed-text", options);
    }

    /**
     * Makes everything ready for batches of these sizes, of texts of up to 64 tokens, so that no later call of such a
     * size is slower than the others.
     */
    public void warmUp(int... batchSizes) {
        for (int size : batchSizes) {
            for (int tokens = 8; tokens <= Math.min(64, maxTokens()); tokens += 8) {
                texts.warmUp(size, tokens);
            }
        }
    }

    /** Refuses new calls, waits for those that run and frees the weights. Closing again does nothing. */
    @Override
    public void close() {
        session.close();
        pretrained.close();
    }
}
