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
    private final Observer observer;

    /** @param maxTokens what longer texts are cut to */
    Texts(Session session, Model model, String output, Tokenizer tokenizer, int maxTokens, int maxBatch,
            Observer observer) {
        this.lane = new Lane(session, output);
        this.model = model;
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
        this.maxBatch = maxBatch;
        this.observer = observer;
    }

    /** One vector per text, in the texts' order. */
    float[][] embed(String operation, List<String> texts) {
        var timer = observer.begin(operation, texts.size());
        try {
            var encoded = texts.stream().map(text -> encode(text, timer)).toList();
            var vectors = run(encoded, timer);
            timer.end(null);
            return vectors;
        } catch (RuntimeException | Error e) {
            timer.end(e);
            throw e;
        }
    }

    /** Batches of texts from many callers, each split into tokens by its own. */
    Batcher<String, float[]> batcher(String operation, BatchOptions options) {
        var work = new Work<String, int[], float[]>() {
            @Override
            public String operation() {
                return operation;
            }

            @Override
            public int[] prepare(String text, CallTimer timer) {
                return encode(text, timer);
            }

            @Override
            public List<float[]> compute(List<int[]> texts, CallTimer timer) {
                return List.of(run(texts, timer));
            }
        };
        return new Batcher<>(new BatchQueue<>(work, observer, options));
    }

    private float[][] run(List<int[]> encoded, CallTimer timer) {
        var byLength = IntStream.range(0, encoded.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> encoded.get(i).length))
                .toList();
        var vectors = new float[encoded.size()][];
        for (int start = 0; start < byLength.size(); start += maxBatch) {
            run(encoded, byLength.subList(start, Math.min(start + maxBatch, byLength.size())), vectors, timer);
        }
        return vectors;
    }

    private int[] encode(String text, CallTimer timer) {
        var tokens = tokenizer.encode(text, maxTokens);
        timer.tokens(tokens.length);
        return tokens;
    }

    private void run(List<int[]> encoded, List<Integer> which, float[][] vectors, CallTimer timer) {
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
            timer.preprocessed();
            var results = batch.run();
            timer.computed(which.size(), batch.waited());
            int width = results.length / which.size();
            for (int i = 0; i < which.size(); i++) {
                vectors[which.get(i)] = Arrays.copyOfRange(results, i * width, (i + 1) * width);
            }
            timer.postprocessed();
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
