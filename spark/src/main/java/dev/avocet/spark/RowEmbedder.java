// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.image.Image;
import dev.avocet.pipelines.Embedding;
import dev.avocet.spark.launch.PartitionFunction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Supplier;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Embeds a partition's pictures, a batch at a time: one row for each row, with what it had but for the picture's bytes, then
 * vector, error, model and device.
 *
 * <p>Getting, decoding and computing is done on the task's own thread, so as many tasks as the engine has threads keep all
 * of them busy, and the engine's threads help the last tasks when others have ended.
 */
public final class RowEmbedder implements PartitionFunction {
    /** Spark makes it by its name. */
    public RowEmbedder() {}

    @Override
    public Iterator<Row> apply(Iterator<Row> rows, Map<String, String> map) {
        var settings = EmbedSettings.of(map);
        return rows.hasNext() ? new Rows(rows, settings, Engine.of(settings)) : rows;
    }

    private static final class Rows implements Iterator<Row> {
        private final Iterator<Row> rows;
        private final Engine engine;
        private final EmbedSettings settings;
        private final PictureBytes pictures;
        private final Queue<Row> done = new ArrayDeque<>();

        Rows(Iterator<Row> rows, EmbedSettings settings, Engine engine) {
            this.rows = rows;
            this.engine = engine;
            this.settings = settings;
            this.pictures = new PictureBytes(settings.columns(), settings.privateAddresses());
        }

        @Override
        public boolean hasNext() {
            return !done.isEmpty() || rows.hasNext();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            if (done.isEmpty()) {
                embedBatch();
            }
            return done.remove();
        }

        private void embedBatch() {
            var batch = new ArrayList<Row>();
            while (batch.size() < settings.batch() && rows.hasNext()) {
                batch.add(rows.next());
            }
            List<Supplier<Image>> images = new ArrayList<>();
            batch.forEach(row -> images.add(() -> Image.read(pictures.of(row))));
            var embeddings = engine.align().embedEach(images);
            for (int i = 0; i < batch.size(); i++) {
                done.add(row(batch.get(i), embeddings.get(i)));
            }
        }

        private Row row(Row input, Embedding embedding) {
            var values = new ArrayList<Object>();
            int bytes = settings.columns().kind() == PictureColumn.Kind.PLACE
                    ? -1
                    : input.fieldIndex(settings.columns().name());
            for (int i = 0; i < input.length(); i++) {
                if (i != bytes) {
                    values.add(input.get(i));
                }
            }
            switch (embedding) {
                case Embedding.Vector(var vector) -> {
                    values.add(boxed(vector));
                    values.add(null);
                }
                case Embedding.Refused(AvocetException reason) -> {
                    values.add(null);
                    values.add(reason.getMessage());
                }
            }
            values.add(settings.modelName());
            values.add(engine.device());
            return RowFactory.create(values.toArray());
        }

        private static Float[] boxed(float[] vector) {
            var boxed = new Float[vector.length];
            for (int i = 0; i < vector.length; i++) {
                boxed[i] = vector[i];
            }
            return boxed;
        }
    }
}
