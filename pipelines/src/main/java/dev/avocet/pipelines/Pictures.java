// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.backend.Session;
import dev.avocet.core.model.Model;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.Preprocessor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Pictures to one row of numbers per picture, in batches. */
final class Pictures {
    private final Lane lane;
    private final Model model;
    private final Preprocessor preprocessor;
    private final int maxBatch;
    private final Observer observer;

    Pictures(Session session, Model model, String output, Preprocessor preprocessor, int maxBatch, Observer observer) {
        this.lane = new Lane(session, output);
        this.model = model;
        this.preprocessor = preprocessor;
        this.maxBatch = maxBatch;
        this.observer = observer;
    }

    /** What is made of each row of results, in the pictures' order. */
    interface Row<R> {
        R of(float[] results, int offset, int width);
    }

    /** Writes what the network reads of a picture, [3,H,W], to a place in its input. */
    private interface Filling<T> {
        void write(T item, float[] pixels, int offset);
    }

    <R> R map(String operation, Image image, Row<R> row) {
        return map(operation, List.of(image), row).getFirst();
    }

    <R> List<R> map(String operation, List<Image> images, Row<R> row) {
        var timer = observer.begin(operation, images.size());
        try {
            var mapped = run(images, preprocessor::preprocess, row, timer);
            timer.end(null);
            return mapped;
        } catch (RuntimeException | Error e) {
            timer.end(e);
            throw e;
        }
    }

    private <T, R> List<R> run(List<T> items, Filling<T> filling, Row<R> row, CallTimer timer) {
        var mapped = new ArrayList<R>(items.size());
        for (int start = 0; start < items.size(); start += maxBatch) {
            int count = Math.min(maxBatch, items.size() - start);
            try (var batch = batch(count)) {
                var pixels = batch.floats(0);
                for (int i = 0; i < count; i++) {
                    filling.write(items.get(start + i), pixels, i * (pixels.length / count));
                }
                timer.preprocessed();
                var results = batch.run();
                timer.computed(count, batch.waited());
                int width = results.length / count;
                for (int i = 0; i < count; i++) {
                    mapped.add(row.of(results, i * width, width));
                }
                timer.postprocessed();
            }
        }
        return mapped;
    }

    /** Batches of pictures from many callers, each made ready by its own. */
    <R> Batcher<Image, R> batcher(String operation, Row<R> row, BatchOptions options) {
        var work = new Work<Image, float[], R>() {
            @Override
            public String operation() {
                return operation;
            }

            @Override
            public float[] prepare(Image image, CallTimer timer) {
                var pixels = new float[3 * preprocessor.height() * preprocessor.width()];
                preprocessor.preprocess(image, pixels, 0);
                return pixels;
            }

            @Override
            public List<R> compute(List<float[]> pictures, CallTimer timer) {
                return run(pictures, (from, to, offset) -> System.arraycopy(from, 0, to, offset, from.length), row,
                        timer);
            }
        };
        return new Batcher<>(new BatchQueue<>(work, observer, options));
    }

    /** Compiles for this batch size, which has the device begin with its weights. */
    void compile(int count) {
        batch(count).close();
    }

    /** Compiles for this batch size and runs it once, on black pictures. */
    void warmUp(int count) {
        for (int size = Math.min(count, maxBatch), rest = count; rest > 0; rest -= size, size =
                Math.min(rest, maxBatch)) {
            try (var batch = batch(size)) {
                batch.run();
            }
        }
    }

    private Lane.Batch batch(int count) {
        var inputs = new LinkedHashMap<String, Shape>();
        inputs.put("pixel_values", Shape.of(count, 3, preprocessor.height(), preprocessor.width())); // [B,3,H,W]
        return lane.borrow(inputs, model.inputs());
    }
}
