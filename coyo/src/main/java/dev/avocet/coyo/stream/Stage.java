// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import dev.avocet.coyo.parquet.Filter;
import dev.avocet.coyo.parquet.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What gives one row after the other. Between two rows it holds none that {@link #state} doesn't tell of. */
interface Stage {
    /** A row with where it comes from. */
    record Item(Row row, Origin origin) {}

    /** The next row; empty at the end. */
    Optional<Item> next();

    /** What is needed to go on from here, besides where the files are read. */
    Optional<Position.State> state();

    /** The rows that a filter lets through. */
    record Keep(Stage rows, Filter filter) implements Stage {
        @Override
        public Optional<Item> next() {
            while (true) {
                var item = rows.next();
                if (item.isEmpty() || filter.matches(item.get().row()::get)) {
                    return item;
                }
            }
        }

        @Override
        public Optional<Position.State> state() {
            return Optional.empty();
        }
    }

    /** All but the first rows. */
    final class Skip implements Stage {
        private final Stage rows;
        private long left;

        Skip(Stage rows, long left) {
            this.rows = rows;
            this.left = left;
        }

        @Override
        public Optional<Item> next() {
            if (left > 0 && rows instanceof Rows source) {
                source.skip(left);
                left = 0;
            }
            for (; left > 0; left--) {
                if (rows.next().isEmpty()) {
                    return Optional.empty();
                }
            }
            return rows.next();
        }

        @Override
        public Optional<Position.State> state() {
            return Optional.of(new Position.State.Left(left));
        }
    }

    /** The first rows. */
    final class Take implements Stage {
        private final Stage rows;
        private long left;

        Take(Stage rows, long left) {
            this.rows = rows;
            this.left = left;
        }

        @Override
        public Optional<Item> next() {
            if (left == 0) {
                return Optional.empty();
            }
            var item = rows.next();
            left--;
            return item;
        }

        @Override
        public Optional<Position.State> state() {
            return Optional.of(new Position.State.Left(left));
        }
    }

    /** Each row at random from a buffer. */
    final class Shuffle implements Stage {
        private final Stage rows;
        private final int size;
        private final Randomness random;
        private final List<Item> buffer;

        Shuffle(Stage rows, int size, long random, List<Item> buffer) {
            this.rows = rows;
            this.size = size;
            this.random = new Randomness(random);
            this.buffer = new ArrayList<>(buffer);
        }

        @Override
        public Optional<Item> next() {
            while (buffer.size() < size) {
                var item = rows.next();
                if (item.isEmpty()) {
                    break;
                }
                buffer.add(item.get());
            }
            if (buffer.isEmpty()) {
                return Optional.empty();
            }
            var last = buffer.removeLast();
            int chosen = random.below(buffer.size() + 1);
            return Optional.of(chosen == buffer.size() ? last : buffer.set(chosen, last));
        }

        @Override
        public Optional<Position.State> state() {
            var origins = buffer.stream().map(Item::origin).toList();
            return Optional.of(new Position.State.Buffer(random.state(), origins));
        }
    }
}
