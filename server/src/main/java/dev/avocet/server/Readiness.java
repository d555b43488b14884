// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.image.Image;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.ImageClassifier;
import java.util.Arrays;
import java.util.List;

/** Whether requests are answered: not before every model has computed something whose result is known, nor at the end. */
final class Readiness {
    private static final int SIDE = 64;
    private static final double TOLERANCE = 1e-4;
    private static final List<String> TEXT = List.of("a photo of a cat");

    private volatile boolean proven;
    private volatile boolean stopping;

    record Health(String status) {}

    boolean isReady() {
        return proven && !stopping;
    }

    boolean isStopping() {
        return stopping;
    }

    void stop() {
        stopping = true;
    }

    /**
     * One golden inference of each model: probabilities that sum to 1, embeddings of length 1, and the same bits twice,
     * which no damaged weights, wrong kernel or stale memory would give. Throws where that doesn't hold.
     */
    void prove(Hosted<ImageClassifier> classifier, Hosted<Align> align, TextModel texts) {
        var picture = gradient();
        var model = classifier.model();
        var classes = model.classify(picture, model.labels().size());
        double sum = classes.stream().mapToDouble(each -> each.score()).sum();
        require(Math.abs(sum - 1) < TOLERANCE && classes.equals(model.classify(picture, classes.size())),
                classifier.name());
        var image = align.model().embed(picture);
        require(isUnit(image) && Arrays.equals(image, align.model().embed(picture)), align.name());
        var text = texts.embed().apply(TEXT)[0];
        require(isUnit(text) && Arrays.equals(text, texts.embed().apply(TEXT)[0]), texts.name());
        proven = true;
    }

    private static Image gradient() {
        var rgb = new byte[3 * SIDE * SIDE];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 31 / 7);
        }
        return Image.of(SIDE, SIDE, rgb);
    }

    private static boolean isUnit(float[] vector) {
        double square = 0;
        for (float each : vector) {
            square += (double) each * each;
        }
        return Math.abs(square - 1) < TOLERANCE;
    }

    private static void require(boolean holds, String model) {
        if (!holds) {
            throw new AvocetException(
                    model + " failed its golden inference: its results are not what they must "
                            + "be; verify its weights with \"avocet verify\"");
        }
    }
}
