// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import dev.avocet.coyo.eval.Metric.Published;
import java.util.Map;
import java.util.Optional;

/** What Kakao Brain published of its models, by the last part of the model's name, the data and the metric. */
public final class PublishedResults {
    private static final String VIT = "coyo-vit's README";
    private static final String ALIGN = "coyo-align's README";

    private static final Map<String, Published> VALUES = Map.ofEntries(
            Map.entry("vit-large-patch16-512 imagenet top-1", new Published(0.8724, VIT)),
            Map.entry("vit-large-patch16-512 imagenet ReaL top-1", new Published(0.9003, VIT)),
            Map.entry("vit-large-patch16-384 imagenet top-1", new Published(0.8672, VIT)),
            Map.entry("vit-large-patch16-384 imagenet ReaL top-1", new Published(0.8984, VIT)),
            Map.entry("align-base imagenet 1-NN accuracy", new Published(0.686, ALIGN)),
            Map.entry("align-base flickr30k image to text, recall@1", new Published(0.881, ALIGN)),
            Map.entry("align-base flickr30k text to image, recall@1", new Published(0.732, ALIGN)),
            Map.entry("align-base coco image to text, recall@1", new Published(0.612, ALIGN)),
            Map.entry("align-base coco text to image, recall@1", new Published(0.431, ALIGN)));

    private PublishedResults() {}

    /** The published value; empty where there is none. */
    public static Optional<Published> of(String model, String data, String metric) {
        var name = model.replaceFirst("@.*$", "").replaceFirst("/+$", "");
        return Optional.ofNullable(VALUES.get(name.substring(name.lastIndexOf('/') + 1) + " " + data + " " + metric));
    }
}
