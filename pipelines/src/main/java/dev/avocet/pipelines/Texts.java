// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.backend.Session;
import dev.avocet.core.model.Model;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Texts to one vector per text, in batches of similar length.
 *
 * <p>Texts are padded only to the next multiple of {@value #BUCKET} tokens: padding never changes a bit of the result,
 * and short texts are cheap this way.
 */
final class Texts {
    private static final int BUCKET = 8;

    private final Lane lane;
    private final Model model;
    private final Tokenizer tokenizer;
    private final int maxTokens;
    private final int maxBatch;

    /** @param maxTokens what longer texts are cut to */
    Texts(Session session, Model model, String output, Tokenizer tokenizer, int maxTokens, int maxBatch) {
        this.lane = new Lane(session, output);
        this.model = model;
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
        this.maxBatch = maxBatch;
    }

    /** One vector per text, in the texts' order. */
    float[][] embed(List<String> texts) {
        var encoded = texts.stream().map(this::encode).toList();
        var byLength = IntStream.range(0, encoded.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> encoded.get(i).length))
                .toList();
        var vectors = new float[encoded.size()][];
        for (int start = 0; start < byLength.size(); start += maxBatch) {
            run(encoded, byLength.subList(start, Math.min(start + maxBatch, byLength.size())), vectors);
        }
        return vectors;
    }

    private int[] encode(String text) {
        return tokenizer.encode(text, maxTokens);
    }

    private void run(List<int[]> encoded, List<Integer> which, float[][] vectors) {
        int longest = encoded.get(which.getLast()).length;
        int length = Math.min(Math.ceilDiv(longest, BUCKET) * BUCKET, maxTokens);
        try (var batch = batch(which.size(), length)) {
            var ids = batch.ints(0);
            var mask = batch.ints(1);
            Arrays.fill(ids, tokenizer.padId());
            Arrays.fill(mask, 0);
            for (int i = 0; i < which.size(); i++) {
                var tokens = encoded.get(which.get(i));
                System.arraycopy(tokens, 0, ids, i * length, tokens.length);
                Arrays.fill(mask, i * length, i * length + tokens.length, 1);
            }
            var results = batch.run();
            int width = results.length / which.size();
            for (int i = 0; i < which.size(); i++) {
                vectors[which.get(i)] = Arrays.copyOfRange(results, i * width, (i + 1) * width);
            }
        }
    }

    /** Compiles for batches of this size and texts of this length and runs them once. */
    void warmUp(int count, int tokens) {
        try (var batch = batch(Math.min(count, maxBatch), Math.min(tokens, maxTokens))) {
            Arrays.fill(batch.ints(0), tokenizer.padId());
            Arrays.fill(batch.ints(1), 1);
            batch.run();
        }
    }

    private Lane.Batch batch(int count, int length) {
        var inputs = new LinkedHashMap<String, Shape>();
        inputs.put("input_ids", Shape.of(count, length)); // [B,S]
        inputs.put("attention_mask", Shape.of(count, length));
        return lane.borrow(inputs, model.inputs());
    }
}
