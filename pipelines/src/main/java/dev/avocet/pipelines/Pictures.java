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
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Pictures to one result per picture, in batches. */
final class Pictures {
    private final Lane lane;
    private final Model model;
    private final Preprocessor preprocessor;
    private final int maxBatch;

    Pictures(Session session, Model model, String output, Preprocessor preprocessor, int maxBatch) {
        this.lane = new Lane(session, output);
        this.model = model;
        this.preprocessor = preprocessor;
        this.maxBatch = maxBatch;
    }

    /** What is made of each row of results, in the pictures' order. */
    interface Row<T> {
        T of(float[] results, int offset, int width);
    }

    <T> List<T> map(List<Image> images, Row<T> row) {
        var mapped = new ArrayList<T>(images.size());
        for (int start = 0; start < images.size(); start += maxBatch) {
            var part = images.subList(start, Math.min(start + maxBatch, images.size()));
            run(part.size(), part::get, row, mapped);
        }
        return mapped;
    }

    /**
     * The same of pictures that are yet to be decoded, one after the other; for one that can't be there is what
     * {@code refused} makes of the reason.
     */
    <T> List<T> mapEach(List<? extends Supplier<Image>> images, Row<T> row, Function<RuntimeException, T> refused) {
        var mapped = new ArrayList<T>(images.size());
        for (int start = 0; start < images.size(); start += maxBatch) {
            var part = images.subList(start, Math.min(start + maxBatch, images.size()));
            try (var batch = batch(part.size())) {
                mapped.addAll(decodeAndRun(part, batch, row, refused));
            }
        }
        return mapped;
    }

    private <T> List<T> decodeAndRun(List<? extends Supplier<Image>> images, Lane.Batch batch, Row<T> row,
            Function<RuntimeException, T> refused) {
        var mapped = new ArrayList<T>(Collections.nCopies(images.size(), null));
        var decoded = new ArrayList<Integer>(images.size());
        var pixels = batch.floats(0);
        int size = pixels.length / images.size();
        for (int i = 0; i < images.size(); i++) {
            try {
                preprocessor.preprocess(images.get(i).get(), pixels, decoded.size() * size);
                decoded.add(i);
            } catch (RuntimeException e) {
                mapped.set(i, refused.apply(e));
            }
        }
        if (decoded.size() == images.size()) {
            spread(batch.run(), decoded, row, mapped);
        } else if (!decoded.isEmpty()) {
            try (var smaller = batch(decoded.size())) {
                System.arraycopy(pixels, 0, smaller.floats(0), 0, decoded.size() * size);
                spread(smaller.run(), decoded, row, mapped);
            }
        }
        return mapped;
    }

    private static <T> void spread(float[] results, List<Integer> places, Row<T> row, List<T> mapped) {
        int width = results.length / places.size();
        for (int i = 0; i < places.size(); i++) {
            mapped.set(places.get(i), row.of(results, i * width, width));
        }
    }

    <T> T map(Image image, Row<T> row) {
        var mapped = new ArrayList<T>(1);
        run(1, _ -> image, row, mapped);
        return mapped.getFirst();
    }

    private <T> void run(int count, IntFunction<Image> images, Row<T> row, List<T> mapped) {
        try (var batch = batch(count)) {
            var pixels = batch.floats(0);
            int size = pixels.length / count;
            for (int i = 0; i < count; i++) {
                preprocessor.preprocess(images.apply(i), pixels, i * size);
            }
            var results = batch.run();
            int width = results.length / count;
            for (int i = 0; i < count; i++) {
                mapped.add(row.of(results, i * width, width));
            }
        }
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
