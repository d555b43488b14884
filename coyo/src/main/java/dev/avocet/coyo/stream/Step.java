// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import dev.avocet.coyo.parquet.Filter;

/** What is to be done with a data set's rows. */
sealed interface Step {
    record Keep(Filter filter) implements Step {}

    record Shard(int count, int index) implements Step {}

    record Shuffle(long seed, int buffer) implements Step {}

    record Skip(long count) implements Step {}

    record Take(long count) implements Step {}
}
