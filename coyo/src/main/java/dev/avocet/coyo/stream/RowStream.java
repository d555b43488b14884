// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import dev.avocet.coyo.parquet.ParquetException;
import dev.avocet.coyo.parquet.Row;
import dev.avocet.coyo.parquet.Schema;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rows of a data set, one after the other, in constant memory: a few batches of one row group, and a shuffle's buffer. Belongs to
 * one thread.
 */
public final class RowStream implements AutoCloseable {
    private final String recipe;
    private final Optional<List<String>> columns;
    private final Rows source;
    private final List<Stage> stages = new ArrayList<>();
    private final Stage top;
    private long delivered;
    private Schema schema;

    RowStream(Dataset dataset, Optional<Position> position) {
        this.recipe = dataset.recipe();
        this.columns = dataset.columns();
        this.delivered = position.map(Position::delivered).orElse(0L);
        var plan = Plan.of(dataset);
        this.source = new Rows(plan, columns.map(some -> withColumnsOf(plan.rest(), some)),
                position.map(Position::next).orElse(Origin.START));
        var states = position.map(each -> each.states().iterator());
        Stage at = source;
        for (var step : plan.rest()) {
            at = stage(at, step, states);
            stages.add(at);
        }
        this.top = at;
    }

    private static List<String> withColumnsOf(List<Step> steps, List<String> some) {
        var needed = steps.stream().flatMap(step -> step instanceof Step.Keep(var filter)
                ? filter.columns().stream()
                : Stream.empty());
        return Stream.concat(some.stream(), needed).distinct().toList();
    }

    private Stage stage(Stage rows, Step step, Optional<Iterator<Position.State>> states) {
        return switch (step) {
            case Step.Keep(var filter) -> new Stage.Keep(rows, filter);
            case Step.Shard _ -> throw new IllegalStateException("a part of a part is planned");
            case Step.Skip(long count) -> new Stage.Skip(rows, left(states, count));
            case Step.Take(long count) -> new Stage.Take(rows, left(states, count));
            case Step.Shuffle(long seed, int buffer) -> {
                if (states.isEmpty()) {
                    yield new Stage.Shuffle(rows, buffer, seed, List.of());
                }
                if (states.get().hasNext()
                        && states.get().next() instanceof Position.State.Buffer(long random, var all)) {
                    yield new Stage.Shuffle(rows, buffer, random, source.fetch(all));
                }
                throw notOfThis();
            }
        };
    }

    private static long left(Optional<Iterator<Position.State>> states, long count) {
        if (states.isEmpty()) {
            return count;
        }
        if (states.get().hasNext() && states.get().next() instanceof Position.State.Left(long left)) {
            return left;
        }
        throw notOfThis();
    }

    private static ParquetException notOfThis() {
        return new ParquetException("the position is of another data set; begin anew");
    }

    /** The next row; empty at the end. */
    public Optional<Row> next() {
        var item = top.next();
        if (item.isEmpty()) {
            return Optional.empty();
        }
        delivered++;
        var row = item.get().row();
        if (columns.isEmpty() || columns.get().size() == row.schema().size()) {
            return Optional.of(row);
        }
        if (schema == null) {
            schema = row.schema().select(columns.get());
        }
        return Optional.of(row.select(schema));
    }

    /** Where this stands, behind the last row that {@link #next} gave. */
    public Position position() {
        return new Position(recipe, source.position(), delivered,
                stages.stream().map(Stage::state).flatMap(Optional::stream).toList());
    }

    @Override
    public void close() {
        source.close();
    }
}
