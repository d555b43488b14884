// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.models.BundledModels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The bundled models: what runs when nobody names a model, and what one would rather name. */
enum Demo {
    /** The classifier. */
    TINY_VIT("tiny-vit", "image classification", "10 classes, trained on CIFAR-10 (small pictures)",
            "kakaobrain/vit-large-patch16-384", "1.2 GB"),
    /** Zero-shot classification and embeddings. */
    TINY_ALIGN("tiny-align", "zero-shot classification and embeddings",
            "trained on CIFAR-10 (10 classes, with captions) and emoji with their names",
            "kakaobrain/align-base", "690 MB");

    private final String id;
    private final String task;
    private final String training;
    private final String realModel;
    private final String realSize;

    Demo(String id, String task, String training, String realModel, String realSize) {
        this.id = id;
        this.task = task;
        this.training = training;
        this.realModel = realModel;
        this.realSize = realSize;
    }

    /** The bundled model of this name. */
    static Optional<Demo> named(String name) {
        return Arrays.stream(values()).filter(each -> each.id.equals(name)).findFirst();
    }

    /** The name to pass as MODEL. */
    String id() {
        return id;
    }

    /** What it is for. */
    String task() {
        return task;
    }

    /** What it was trained on. */
    String training() {
        return training;
    }

    /** The model that does for real what this one shows. */
    String realModel() {
        return realModel;
    }

    /** The folder with its files. */
    Path folder() {
        return BundledModels.folder(id);
    }

    /** Tells the user which model this is, and which one to take for more than a try. */
    void announce(Terminal terminal) {
        terminal.say("using the bundled demo " + id + ": " + training + ". For the real " + realModel + " (" + realSize
                + "), pass --model " + realModel);
    }
}
