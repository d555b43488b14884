// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Session;
import dev.avocet.core.model.ConfigException;
import dev.avocet.loader.Pretrained;
import dev.avocet.loader.image.Image;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * ALIGN: pictures and texts in one space of embeddings, and zero-shot classification with it.
 *
 * <p>May be used from any number of threads. {@link #close} refuses new calls and waits for those that run; the device
 * stays open for others. Everything passed and returned is plain heap data.
 */
public final class Align implements AutoCloseable {
    /** AlignProcessor pads and cuts texts to this many tokens. */
    private static final int MAX_TOKENS = 64;

    private final Pretrained pretrained;
    private final Session session;
    private final Observer observer;
    private final float temperature;
    private final int dimensions;
    private final Pictures imageFeatures;
    private final Pictures imageEmbeds;
    private final Texts.Reading reading;
    private final Texts textFeatures;
    private final Texts textEmbeds;

    private Align(Pretrained pretrained, dev.avocet.core.model.align.Align model, Device device, LoadOptions options) {
        this.pretrained = pretrained;
        this.temperature = model.temperature();
        this.dimensions = model.config().projectionDim();
        int maxTokens = Math.min(MAX_TOKENS, model.config().textConfig().maxPositionEmbeddings());
        var preprocessor = pretrained.preprocessor();
        this.session = Session.open("Align " + pretrained.name(), model::forward, device, options.precision(),
                options.packedCache().map(pretrained::keptIn));
        int maxBatch = options.maxBatch();
        this.observer = new Observer(pretrained.name(), device.name(), options.listener());
        this.imageFeatures = new Pictures(session, model, "image_features", preprocessor, maxBatch, observer);
        this.imageEmbeds = new Pictures(session, model, "image_embeds", preprocessor, maxBatch, observer);
        this.reading = new Texts.Reading(pretrained.tokenizer(), maxTokens, "");
        this.textFeatures =
                new Texts(session, model, reading, new Texts.PerText("text_features"), maxBatch, observer);
        this.textEmbeds = new Texts(session, model, reading, new Texts.PerText("text_embeds"), maxBatch, observer);
    }

    /** Loads a folder in Hugging Face layout with default options. */
    public static Align load(Path folder, Device device) {
        return load(folder, device, LoadOptions.defaults());
    }

    /**
     * Loads a folder in Hugging Face layout: config.json of {@code model_type: align}, its weights,
     * preprocessor_config.json and the tokenizer's files.
     *
     * @throws dev.avocet.core.AvocetException of the kind that says what is wrong with which file
     */
    public static Align load(Path folder, Device device, LoadOptions options) {
        long began = System.nanoTime();
        var pretrained = Pretrained.open(folder);
        try {
            if (!(pretrained.model() instanceof dev.avocet.core.model.align.Align model)) {
                throw new ConfigException(folder + " holds no ALIGN but a model of type \""
                        + pretrained.config().text("model_type", "") + "\"; wanted \"align\"");
            }
            var align = new Align(pretrained, model, device, options);
            align.observer.loaded(System.nanoTime() - began);
            return align;
        } catch (RuntimeException | Error e) {
            pretrained.close();
            throw e;
        }
    }

    /** The model's name: that on the hub, or its folder's. */
    public String name() {
        return observer.model();
    }

    /** How many tokens are computed for a text, special tokens counted. */
    public int countTokens(String text) {
        return reading.tokens(text).length;
    }

    /** The length of an embedding. */
    public int dimensions() {
        return dimensions;
    }

    /**
     * What the cosine of a picture and a label is divided by before the softmax, for those who keep embeddings and score
     * them elsewhere.
     */
    public float temperature() {
        return temperature;
    }

    /**
     * Embeds the labels once, each put into the template at <code>{}</code>, such as {@code "This is a photo of {}."}.
     */
    public LabelSet labels(String template, List<String> labels) {
        if (!template.contains("{}")) {
            throw new IllegalArgumentException("the template \"" + template + "\" has no {} for the label");
        }
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("there are no labels");
        }
        var names = List.copyOf(labels);
        var texts = names.stream().map(label -> template.replace("{}", label)).toList();
        return new LabelSet(this, names, embedTexts(texts));
    }

    /**
     * The same with several templates, of which each label has the mean of its embeddings, of length 1 again: CLIP's ensembles. With one
     * template it is {@link #labels(String, List)}.
     */
    public LabelSet labels(List<String> templates, List<String> labels) {
        if (templates.isEmpty()) {
            throw new IllegalArgumentException("there are no templates");
        }
        if (templates.size() == 1) {
            return labels(templates.getFirst(), labels);
        }
        var sums = new double[labels.size()][dimensions];
        for (var template : templates) {
            var embeddings = labels(template, labels).embeddingsFor(this);
            for (int i = 0; i < sums.length; i++) {
                for (int d = 0; d < dimensions; d++) {
                    sums[i][d] += embeddings[i][d];
                }
            }
        }
        return new LabelSet(this, List.copyOf(labels),
                Arrays.stream(sums).map(Align::normalised).toArray(float[][]::new));
    }

    private static float[] normalised(double[] vector) {
        double length = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
        var unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }

    /** The labels with their probabilities for a picture, best first; they sum to 1. */
    public List<Prediction> zeroShot(Image image, LabelSet labels) {
        return zeroShot(imageEmbeds.map("zero-shot", image, Align::copy), labels);
    }

    /** The same for several pictures at once, in their order. */
    public List<List<Prediction>> zeroShot(List<Image> images, LabelSet labels) {
        var embeddings = imageEmbeds.map("zero-shot", images, Align::copy);
        return embeddings.stream().map(embedding -> zeroShot(embedding, labels)).toList();
    }

    /** The same for a picture whose embedding is there already; nothing is left to compute but products. */
    public List<Prediction> zeroShot(float[] image, LabelSet labels) {
        if (image.length != dimensions) {
            throw new IllegalArgumentException(
                    "an embedding of this model has " + dimensions + " numbers, not " + image.length);
        }
        var texts = labels.embeddingsFor(this);
        var logits = new float[texts.length];
        for (int i = 0; i < texts.length; i++) {
            double cosine = 0;
            for (int d = 0; d < image.length; d++) {
                cosine += (double) image[d] * texts[i][d];
            }
            logits[i] = (float) (cosine / temperature);
        }
        return Scores.top(logits, 0, labels.labels(), logits.length);
    }

    /** A picture's embedding, of Euclidean length 1: the dot product of two embeddings is their cosine. */
    public float[] embed(Image image) {
        return imageEmbeds.map("embed-image", image, Align::copy);
    }

    /** A text's embedding, of Euclidean length 1, in the same space; texts of over 64 tokens are cut. */
    public float[] embed(String text) {
        return embedTexts(List.of(text))[0];
    }

    /** Several pictures' embeddings, in their order. */
    public float[][] embedImages(List<Image> images) {
        return imageEmbeds.map("embed-image", images, Align::copy).toArray(float[][]::new);
    }

    /**
     * What becomes of each of several pictures that are yet to be decoded, in their order: one that can't be decoded is
     * refused, and the others are embedded all the same. They are decoded on the calling thread, one after the other, so
     * with as many callers as the device has threads, decoding and computing go on side by side.
     */
    public List<Embedding> embedEach(List<? extends Supplier<Image>> images) {
        return imageEmbeds.mapEach(
                "embed-image", images,
                (results, offset, width) -> new Embedding.Vector(copy(results, offset, width)),
                e -> new Embedding.Refused(e instanceof AvocetException known
                        ? known
                        : new AvocetException("the picture can't be decoded, unexpectedly: " + e, e)));
    }

    /** Several texts' embeddings, in their order. */
    public float[][] embedTexts(List<String> texts) {
        return textEmbeds.embed("embed-text", texts).toArray(float[][]::new);
    }

    /** A picture's features, not normalised: what Hugging Face's {@code get_image_features} returns. */
    public float[] imageFeatures(Image image) {
        return imageFeatures.map("image-features", image, Align::copy);
    }

    /** A text's features, not normalised: what Hugging Face's {@code get_text_features} returns. */
    public float[] textFeatures(String text) {
        return textFeatures.embed("text-features", List.of(text)).getFirst();
    }

    /** Embeds the pictures of many callers in batches; the caller closes it before this model. */
    public Batcher<Image, float[]> imageBatcher(BatchOptions options) {
        return imageEmbeds.batcher("embed-image", Align::copy, options);
    }

    /** Embeds the texts of many callers in batches; the caller closes it before this model. */
    public Batcher<String, float[]> textBatcher(BatchOptions options) {
        return textEmbeds.batcher("embed-text", options);
    }

    private static float[] copy(float[] results, int offset, int width) {
        return Arrays.copyOfRange(results, offset, offset + width);
    }

    /**
     * Makes both towers ready for these batch sizes, so that no later call of such a size is slower than the others.
     */
    public void warmUp(int... batchSizes) {
        for (int size : batchSizes) {
            imageEmbeds.warmUp(size);
            for (int tokens = 8; tokens <= MAX_TOKENS; tokens += 8) {
                textEmbeds.warmUp(size, tokens);
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
