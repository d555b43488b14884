// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.pipelines.BatchOptions;
import dev.avocet.pipelines.Batcher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Embeds the texts of all requests together, and tells each request what its own have cost. */
final class TextBatches implements AutoCloseable {
    private final TextModel model;
    private final Telemetry telemetry;
    private final Batcher<String, Embedded> batcher;

    /** @param batch what the whole batch took */
    private record Embedded(float[] vector, Telemetry.Stages batch) {}

    /** @param most how many texts may come at once */
    TextBatches(TextModel model, Telemetry telemetry, int most) {
        this.model = model;
        this.telemetry = telemetry;
        this.batcher = Batcher.of(model.name(), this::compute,
                BatchOptions.defaults().withMaxQueue(most));
        telemetry.watch(model.name(), batcher);
    }

    TextModel model() {
        return model;
    }

    /** The texts' vectors, in their order; gives up what is not begun where the call's time is over. */
    float[][] embed(List<String> texts, Call call) throws InterruptedException {
        long start = System.nanoTime();
        var futures = new ArrayList<CompletableFuture<Embedded>>(texts.size());
        var batches = Collections.newSetFromMap(new IdentityHashMap<Telemetry.Stages, Boolean>());
        try {
            for (var text : texts) {
                futures.add(batcher.submit(text, call.left()));
            }
            var vectors = new float[texts.size()][];
            for (int i = 0; i < vectors.length; i++) {
                var embedded = futures.get(i).get();
                vectors[i] = embedded.vector();
                batches.add(embedded.batch());
            }
            call.took(batches, System.nanoTime() - start);
            return vectors;
        } catch (ExecutionException e) {
            throw ApiException.of(e.getCause());
        } finally {
            futures.forEach(future -> future.cancel(false));
        }
    }

    private List<Embedded> compute(List<String> texts) {
        var stages = telemetry.begin();
        try {
            var embedded = new ArrayList<Embedded>(texts.size());
            for (var vector : model.embed().apply(texts)) {
                embedded.add(new Embedded(vector, stages));
            }
            return embedded;
        } finally {
            telemetry.end();
        }
    }

    @Override
    public void close() {
        batcher.close();
    }
}
