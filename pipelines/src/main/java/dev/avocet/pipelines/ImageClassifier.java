// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Session;
import dev.avocet.core.model.ConfigException;
import dev.avocet.core.model.vit.Vit;
import dev.avocet.loader.Pretrained;
import dev.avocet.loader.image.Image;
import java.nio.file.Path;
import java.util.List;

/**
 * A ViT that says what a picture shows.
 *
 * <p>May be used from any number of threads. {@link #close} refuses new calls and waits for those that run; the device
 * stays open for others. Everything passed and returned is plain heap data.
 */
public final class ImageClassifier implements AutoCloseable {
    private final Pretrained pretrained;
    private final Session session;
    private final List<String> labels;
    private final Pictures pictures;
    private final Observer observer;

    private ImageClassifier(Pretrained pretrained, Vit model, Device device, LoadOptions options) {
        this.pretrained = pretrained;
        this.labels = model.config().labels();
        var preprocessor = pretrained.preprocessor();
        this.session =
                Session.open("ImageClassifier " + pretrained.name(), model::forward, device, options.precision(),
                        options.packedCache().map(pretrained::keptIn));
        this.observer = new Observer(pretrained.name(), device.name(), options.listener());
        this.pictures = new Pictures(session, model, "logits", preprocessor, options.maxBatch(), observer);
    }

    /** Loads a folder in Hugging Face layout with default options. */
    public static ImageClassifier load(Path folder, Device device) {
        return load(folder, device, LoadOptions.defaults());
    }

    /**
     * Loads a folder in Hugging Face layout: config.json of {@code model_type: vit} with a classifier, its weights, and
     * preprocessor_config.json. Ready for one picture at a time: its weights are being packed when this returns.
     *
     * @throws dev.avocet.core.AvocetException of the kind that says what is wrong with which file
     */
    public static ImageClassifier load(Path folder, Device device, LoadOptions options) {
        long began = System.nanoTime();
        var pretrained = Pretrained.open(folder);
        try {
            if (!(pretrained.model() instanceof Vit model) || model.classifier() == null) {
                throw new ConfigException(folder + " holds no image classifier but a model of type \""
                        + pretrained.config().text("model_type", "") + "\"; wanted \"vit\" with a classifier");
            }
            var classifier = new ImageClassifier(pretrained, model, device, options).compiled();
            classifier.observer.loaded(System.nanoTime() - began);
            return classifier;
        } catch (RuntimeException | Error e) {
            pretrained.close();
            throw e;
        }
    }

    private ImageClassifier compiled() {
        try {
            pictures.compile(1);
            return this;
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /** The model's name: that on the hub, or its folder's. */
    public String name() {
        return observer.model();
    }

    /** The labels by class index. */
    public List<String> labels() {
        return labels;
    }

    /** The {@code topK} most probable classes, best first; the probabilities of all classes sum to 1. */
    public List<Prediction> classify(Image image, int topK) {
        requirePositive(topK);
        return pictures.map("classify", image, (logits, offset, _) -> Scores.top(logits, offset, labels, topK));
    }

    /** The same for several pictures at once, in their order. */
    public List<List<Prediction>> classify(List<Image> images, int topK) {
        requirePositive(topK);
        return pictures.map("classify", images, (logits, offset, _) -> Scores.top(logits, offset, labels, topK));
    }

    /** Classifies the pictures of many callers in batches; the caller closes it before this model. */
    public Batcher<Image, List<Prediction>> batcher(int topK, BatchOptions options) {
        requirePositive(topK);
        return pictures.batcher(
                "classify", (logits, offset, _) -> Scores.top(logits, offset, labels, topK), options);
    }

    private static void requirePositive(int topK) {
        if (topK < 1) {
            throw new IllegalArgumentException("topK must be positive, not " + topK);
        }
    }

    /** Makes everything ready for these batch sizes, so that no later call of such a size is slower than the others. */
    public void warmUp(int... batchSizes) {
        for (int size : batchSizes) {
            pictures.warmUp(size);
        }
    }

    /** Refuses new calls, waits for those that run and frees the weights. Closing again does nothing. */
    @Override
    public void close() {
        session.close();
        pretrained.close();
    }
}
