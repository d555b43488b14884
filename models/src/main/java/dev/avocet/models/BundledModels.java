// SPDX-License-Identifier: Apache-2.0
package dev.avocet.models;

import dev.avocet.core.AvocetException;
import java.nio.file.Path;
import java.util.List;

/**
 * The two small checkpoints that come with Avocet, in Hugging Face's layout.
 *
 * <p>The first use of a model unpacks it from the jar into the user's cache ({@code $XDG_CACHE_HOME/avocet/models}, or
 * {@code ~/.cache/avocet/models}), and every use verifies the files there by their SHA-256. Where the cache cannot be
 * written, a temporary folder serves, which is deleted when the JVM ends. Any number of threads and processes may do so at
 * once; none of them sees a folder half unpacked.
 */
public final class BundledModels {
    private static final String VIT = "tiny-vit";
    private static final String ALIGN = "tiny-align";

    private BundledModels() {}

    /** The names under which {@link #folder} knows the models. */
    public static List<String> names() {
        return List.of(VIT, ALIGN);
    }

    /** The folder of tiny-vit: {@code ViTForImageClassification} for the ten classes of CIFAR-10. */
    public static Path tinyVit() {
        return folder(VIT);
    }

    /** The folder of tiny-align: {@code AlignModel}, trained on CIFAR-10 and emoji with captions. */
    public static Path tinyAlign() {
        return folder(ALIGN);
    }

    /** The folder of the model with this name; throws {@link AvocetException} when there is none or it cannot be unpacked. */
    public static Path folder(String name) {
        if (!names().contains(name)) {
            throw new AvocetException("no model named \"" + name + "\" is bundled, only " + String.join(", ", names()));
        }
        return Unpacking.of(name).into(cache());
    }

    private static Path cache() {
        var caches = System.getenv("XDG_CACHE_HOME");
        var base = caches == null || caches.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(caches);
        return base.resolve("avocet").resolve("models");
    }
}
