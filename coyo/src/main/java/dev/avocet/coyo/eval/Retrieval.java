// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import dev.avocet.core.backend.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Recall of pictures by texts and of texts by pictures: a picture is right at k where fewer than k texts are more similar to it than one
 * of its own, and a text where fewer than k pictures are more similar than its own. So equal texts of two pictures don't stand in each
 * other's way.
 */
public final class Retrieval {
    /** At how many found ones recall is measured. */
    public static final List<Integer> AT = List.of(1, 5, 10);

    private Retrieval() {}

    /**
     * Both recalls at 1, 5 and 10, image to text first.
     *
     * @param images a vector of length 1 for each picture
     * @param texts a vector of length 1 for each text
     * @param pictureOf for each text the number of its picture
     */
    public static List<Metric> recall(Device device, float[][] images, float[][] texts, int[] pictureOf) {
        int most = AT.getLast();
        var metrics = new ArrayList<Metric>();
        try (var neighbours = new Neighbours(device, texts)) {
            var ranks = neighbours.ranks(images, most, (image, text) -> pictureOf[text] == image);
            var cases = new int[images.length];
            Arrays.fill(cases, 1);
            for (int at : AT) {
                var right = Arrays.stream(ranks).map(rank -> rank < at ? 1 : 0).toArray();
                metrics.add(Confidence.grouped("image to text, recall@" + at, right, cases));
            }
        }
        try (var neighbours = new Neighbours(device, images)) {
            var ranks = neighbours.ranks(texts, most, (text, image) -> pictureOf[text] == image);
            var cases = new int[images.length];
            Arrays.stream(pictureOf).forEach(image -> cases[image]++);
            for (int at : AT) {
                var right = new int[images.length];
                for (int i = 0; i < texts.length; i++) {
                    right[pictureOf[i]] += ranks[i] < at ? 1 : 0;
                }
                metrics.add(Confidence.grouped("text to image, recall@" + at, right, cases));
            }
        }
        return List.copyOf(metrics);
    }
}
