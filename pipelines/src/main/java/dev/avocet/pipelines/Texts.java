// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.backend.Session;
import dev.avocet.core.model.Model;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Texts to one vector per text, in batches: their tokens one after the other, without padding between them.
 *
 * <p>Only the number of all tokens is rounded up, so that a few plans serve all batches; no bit of a result depends on
 * it, nor on the other texts of a batch.
 */
final class Texts {
    /** Steps of the number of tokens: multiples of 8, and from 64 on an eighth of the power of two below. */
    private static final int STEP = 8;

    private final Lane lane;
    private final Model model;
    private final Reading reading;
    private final Vectors vectors;
    private final int maxBatch;
    private final Observer observer;

    /**
     * How texts become tokens.
     *
     * @param maxTokens what longer texts are cut to
     * @param prompt what every text begins with, mostly nothing
     */
    record Reading(Tokenizer tokenizer, int maxTokens, String prompt) {
        int[] tokens(String text) {
            return tokenizer.encode(prompt.isEmpty() ? text : prompt + text, maxTokens);
        }
    }

    /** How a text's vector comes out of the network. */
    interface Vectors {
        /** The network's result that it is made of. */
        String output();

        /** Whether that has a row for each text, and not for each token. */
        boolean isPerText();

        /** The vector of the text with these tokens, or with this number: rows from {@code first} to {@code end}. */
        float[] of(float[] results, int width, int first, int end);
    }

    /** Each text's row of a result as it is. */
    record PerText(String output) implements Vectors {
        @Override
        public boolean isPerText() {
            return true;
        }

        @Override
        public float[] of(float[] results, int width, int first, int end) {
            return Arrays.copyOfRange(results, first * width, end * width);
        }
    }

    Texts(Session session, Model model, Reading reading, Vectors vectors, int maxBatch, Observer observer) {
        this.lane = new Lane(session, vectors.output());
        this.model = model;
        this.reading = reading;
        this.vectors = vectors;
        this.maxBatch = maxBatch;
        this.observer = observer;
    }

    /** One vector per text, in the texts' order. */
    List<float[]> embed(String operation, List<String> texts) {
        var timer = observer.begin(operation, texts.size());
        try {
            var encoded = texts.stream().map(text -> encode(text, timer)).toList();
            var embedded = run(encoded, timer);
            timer.end(null);
            return embedded;
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
                return run(texts, timer);
            }
        };
        return new Batcher<>(new BatchQueue<>(work, observer, options));
    }

    private int[] encode(String text, CallTimer timer) {
        var tokens = reading.tokens(text);
        timer.tokens(tokens.length);
        return tokens;
    }

    private List<float[]> run(List<int[]> texts, CallTimer timer) {
        var embedded = new ArrayList<float[]>(texts.size());
        for (int start = 0; start < texts.size(); start += maxBatch) {
            runBatch(texts.subList(start, Math.min(start + maxBatch, texts.size())), embedded, timer);
        }
        return embedded;
    }

    private void runBatch(List<int[]> texts, List<float[]> embedded, CallTimer timer) {
        int tokens = texts.stream().mapToInt(text -> text.length).sum();
        try (var batch = batch(texts.size(), tokens)) {
            pack(texts, batch);
            timer.preprocessed();
            var results = batch.run();
            timer.computed(texts.size(), batch.waited());
            int width = batch.resultWidth();
            int first = 0;
            for (int i = 0; i < texts.size(); i++) {
                int end = first + texts.get(i).length;
                embedded.add(vectors.isPerText()
                        ? vectors.of(results, width, i, i + 1)
                        : vectors.of(results, width, first, end));
                first = end;
            }
            timer.postprocessed();
        }
    }

    /** Tokens one after the other; what is left over is one more text, of padding. */
    private void pack(List<int[]> texts, Lane.Batch batch) {
        var ids = batch.ints(0);
        var positions = batch.ints(1);
        var numbers = batch.ints(2);
        var firsts = vectors.isPerText() ? batch.ints(3) : new int[texts.size()];
        Arrays.fill(firsts, 0);
        int place = 0;
        for (int i = 0; i < texts.size(); i++) {
            var text = texts.get(i);
            firsts[i] = Math.min(place, ids.length - 1);
            for (int token = 0; token < text.length; token++, place++) {
                ids[place] = text[token];
                positions[place] = token;
                numbers[place] = i;
            }
        }
        Arrays.fill(ids, place, ids.length, reading.tokenizer().padId());
        Arrays.fill(positions, place, ids.length, 0);
        Arrays.fill(numbers, place, ids.length, texts.size());
    }

    /** Compiles for batches of this size, of texts of this length, and runs them once. */
    void warmUp(int count, int tokens) {
        var text = new int[Math.min(tokens, reading.maxTokens())];
        Arrays.fill(text, reading.tokenizer().padId());
        var texts = new ArrayList<int[]>();
        for (int i = 0; i < Math.min(count, maxBatch); i++) {
            texts.add(text);
        }
        runBatch(texts, new ArrayList<>(), CallTimer.OFF);
    }

    private Lane.Batch batch(int count, int tokens) {
        int length = roundedUp(Math.max(1, tokens));
        var inputs = new LinkedHashMap<String, Shape>();
        inputs.put("input_ids", Shape.of(1, length));
        inputs.put("position_ids", Shape.of(1, length));
        inputs.put("text_ids", Shape.of(1, length));
        if (vectors.isPerText()) {
            inputs.put("first_tokens", Shape.of(count == 1 ? 1 : maxBatch));
        }
        return lane.borrow(inputs, model.inputs());
    }

    static int roundedUp(int tokens) {
        int step = Math.max(STEP, Integer.highestOneBit(tokens) / STEP);
        return Math.ceilDiv(tokens, step) * step;
    }
}
