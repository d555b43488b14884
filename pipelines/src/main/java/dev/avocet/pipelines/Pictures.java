// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.backend.Session;
import dev.avocet.core.model.Model;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.Preprocessor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

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
        return timed(operation, images.size(), timer -> run(images, preprocessor::preprocess, row, timer));
    }

    private <R> List<R> timed(String operation, int items, Function<CallTimer, List<R>> call) {
        var timer = observer.begin(operation, items);
        try {
            var mapped = call.apply(timer);
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

    /**
     * The same of pictures that are yet to be decoded, one after the other; for one that can't be there is what
     * {@code refused} makes of the reason.
     */
    <R> List<R> mapEach(
            String operation, List<? extends Supplier<Image>> images, Row<R> row,
            Function<RuntimeException, R> refused) {
        return timed(operation, images.size(), timer -> {
            var mapped = new ArrayList<R>(images.size());
            for (int start = 0; start < images.size(); start += maxBatch) {
                var part = images.subList(start, Math.min(start + maxBatch, images.size()));
                mapped.addAll(decodeAndRun(part, row, refused, timer));
            }
            return mapped;
        });
    }

    private <R> List<R> decodeAndRun(
            List<? extends Supplier<Image>> images, Row<R> row, Function<RuntimeException, R> refused,
            CallTimer timer) {
        var mapped = new ArrayList<R>(Collections.nCopies(images.size(), null));
        var places = new ArrayList<Integer>(images.size());
        try (var batch = batch(images.size())) {
            var pixels = batch.floats(0);
            int size = pixels.length / images.size();
            for (int i = 0; i < images.size(); i++) {
                try {
                    preprocessor.preprocess(images.get(i).get(), pixels, places.size() * size);
                    places.add(i);
                } catch (RuntimeException e) {
                    mapped.set(i, refused.apply(e));
                }
            }
            timer.preprocessed();
            if (places.size() == images.size()) {
                spread(batch, places, row, mapped, timer);
            } else if (!places.isEmpty()) {
                try (var smaller = batch(places.size())) {
                    System.arraycopy(pixels, 0, smaller.floats(0), 0, places.size() * size);
                    spread(smaller, places, row, mapped, timer);
                }
            }
        }
        return mapped;
    }

    private static <R> void spread(
            Lane.Batch batch, List<Integer> places, Row<R> row, List<R> mapped, CallTimer timer) {
        var results = batch.run();
        timer.computed(places.size(), batch.waited());
        int width = results.length / places.size();
        for (int i = 0; i < places.size(); i++) {
            mapped.set(places.get(i), row.of(results, i * width, width));
        }
        timer.postprocessed();
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
