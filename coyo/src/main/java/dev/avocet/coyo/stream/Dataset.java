// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import dev.avocet.coyo.parquet.Filter;
import dev.avocet.coyo.parquet.ParquetException;
import dev.avocet.coyo.parquet.Schema;
import dev.avocet.loader.hub.Hub;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A data set of parquet files and what is to be done with its rows, in the order in which it is said, as with Hugging Face's streaming
 * data sets. Immutable; nothing is read before {@link #stream}.
 *
 * <pre>{@code
 * var pairs = Dataset.of(List.of("hf://datasets/kakaobrain/coyo-700m"), Hub::fromEnv)
 *         .filter(Filter.parse("clip_similarity_vitb32 > 0.3"))
 *         .shard(8, 0)
 *         .shuffle(42, 10_000)
 *         .take(1000);
 * try (var rows = pairs.stream()) {
 *     for (var row = rows.next(); row.isPresent(); row = rows.next()) { ... }
 * }
 * }</pre>
 */
public final class Dataset {
    private final List<DataFile> files;
    private final Optional<List<String>> columns;
    private final List<Step> steps;

    private Dataset(List<DataFile> files, Optional<List<String>> columns, List<Step> steps) {
        this.files = files;
        this.columns = columns;
        this.steps = List.copyOf(steps);
    }

    /**
     * The files, folders, patterns such as {@code data/*.parquet}, and data sets of the hub, {@code
     * hf://datasets/OWNER/NAME[@REVISION][/PATH]}, of which only what is read is downloaded. The hub is asked for only where a
     * name needs it. Throws {@link ParquetException} where a name stands for nothing.
     */
    public static Dataset of(List<String> names, Supplier<Hub> hub) {
        return new Dataset(DataFiles.of(names, hub), Optional.empty(), List.of());
    }

    /** The files, in the order in which they are read. */
    public List<DataFile> files() {
        return files;
    }

    /** The columns that rows have: those of the first file, or those that were selected. */
    public Schema schema() {
        try (var file = files.getFirst().open()) {
            return columns.map(file.schema()::select).orElse(file.schema());
        }
    }

    /** With these columns alone; filters may use others. */
    public Dataset select(List<String> names) {
        return new Dataset(files, Optional.of(List.copyOf(names)), steps);
    }

    /** The rows that a filter lets through. */
    public Dataset filter(Filter filter) {
        return with(new Step.Keep(filter));
    }

    /**
     * One of so many parts of the data set: every so many files, or every so many row groups where there are fewer files than
     * parts. All parts together have each row once.
     */
    public Dataset shard(int count, int index) {
        if (count < 1 || index < 0 || index >= count) {
            throw new IllegalArgumentException("there is no part " + index + " of " + count);
        }
        if (steps.stream().anyMatch(each -> !(each instanceof Step.Keep) && !(each instanceof Step.Shard))) {
            throw new IllegalArgumentException("a data set is split before it is shuffled, skipped in or cut");
        }
        return with(new Step.Shard(count, index));
    }

    /**
     * In an order that the seed alone decides: row groups in any order, and each row taken at random from a buffer of so many. The
     * seed and the epoch's number, added, make a new order for each epoch.
     */
    public Dataset shuffle(long seed, int buffer) {
        if (buffer < 1) {
            throw new IllegalArgumentException("a buffer of " + buffer + " rows");
        }
        return with(new Step.Shuffle(seed, buffer));
    }

    /** Without the first rows. */
    public Dataset skip(long count) {
        return with(new Step.Skip(requireCount(count)));
    }

    /** Only the first rows. */
    public Dataset take(long count) {
        return with(new Step.Take(requireCount(count)));
    }

    private static long requireCount(long count) {
        if (count < 0) {
            throw new IllegalArgumentException(count + " rows");
        }
        return count;
    }

    private Dataset with(Step step) {
        var more = new ArrayList<>(steps);
        more.add(step);
        return new Dataset(files, columns, more);
    }

    /** Begins to read. */
    public RowStream stream() {
        return new RowStream(this, Optional.empty());
    }

    /**
     * Goes on where a stream of the same data set was: with the row after the last one that it gave. Throws {@link
     * ParquetException} where the files or the steps are others.
     */
    public RowStream stream(Position position) {
        if (!position.recipe().equals(recipe())) {
            throw new ParquetException("the position is of another data set: files, columns or steps have changed; "
                    + "begin anew, or give what it was made with");
        }
        return new RowStream(this, Optional.of(position));
    }

    Optional<List<String>> columns() {
        return columns;
    }

    List<Step> steps() {
        return steps;
    }

    /** What tells this data set from others: a hash of the files' names and versions, the columns and the steps. */
    public String recipe() {
        var text = new StringBuilder();
        files.forEach(file -> text.append(file.name()).append('\n').append(file.version()).append('\n'));
        return Hash.sha256(text.append(columns).append(steps).toString());
    }
}
