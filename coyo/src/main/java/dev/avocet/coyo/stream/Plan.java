// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import dev.avocet.coyo.parquet.Filter;
import dev.avocet.coyo.parquet.ParquetFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Which row groups are read in which order, and what can be told of their rows where they are read.
 *
 * @param parts the files, in the order of reading
 * @param seed the order of row groups, where it is to be any
 * @param filter what is known of the wanted rows before any are counted
 * @param rest the steps that go row by row
 */
record Plan(List<Part> parts, OptionalLong seed, Optional<Filter> filter, List<Step> rest) {
    /** A file, and which of its row groups are wanted, where that is not all of them. */
    record Part(DataFile file, Optional<int[]> groups) {
        /** The numbers of the wanted row groups. */
        int[] wanted(ParquetFile open) {
            return groups.orElseGet(() -> IntStream.range(0, open.groups().size()).toArray());
        }
    }

    static Plan of(Dataset dataset) {
        var parts = dataset.files().stream().map(file -> new Part(file, Optional.empty())).toList();
        var filters = new ArrayList<Filter>();
        var steps = dataset.steps();
        int at = 0;
        for (; at < steps.size(); at++) {
            if (steps.get(at) instanceof Step.Keep(var filter)) {
                filters.add(filter);
            } else if (steps.get(at) instanceof Step.Shard shard) {
                parts = shard(parts, shard);
            } else {
                break;
            }
        }
        var rest = steps.subList(at, steps.size());
        var filter = filters.isEmpty() ? Optional.<Filter>empty() : Optional.of(Filter.all(filters));
        if (rest.isEmpty() || !(rest.getFirst() instanceof Step.Shuffle(long seed, _))) {
            return new Plan(parts, OptionalLong.empty(), filter, rest);
        }
        var order = new Randomness(seed).permutation(parts.size());
        return new Plan(Arrays.stream(order).mapToObj(parts::get).toList(), OptionalLong.of(seed), filter, rest);
    }

    private static List<Part> shard(List<Part> parts, Step.Shard shard) {
        boolean isByFile = parts.size() >= shard.count() && parts.stream().allMatch(part -> part.groups().isEmpty());
        if (isByFile) {
            return IntStream.range(0, parts.size()).filter(i -> i % shard.count() == shard.index())
                    .mapToObj(parts::get).toList();
        }
        var some = new ArrayList<Part>();
        int group = 0;
        for (var part : parts) {
            int first = group;
            try (var file = part.file().open()) {
                var all = part.wanted(file);
                group += all.length;
                var wanted = IntStream.range(0, all.length)
                        .filter(i -> (first + i) % shard.count() == shard.index())
                        .map(i -> all[i]).toArray();
                if (wanted.length > 0) {
                    some.add(new Part(part.file(), Optional.of(wanted)));
                }
            }
        }
        return some;
    }

    /** The row groups of a part, in the order of reading. */
    int[] order(int part, ParquetFile open) {
        var wanted = parts.get(part).wanted(open);
        if (seed.isEmpty()) {
            return wanted;
        }
        var order = new Randomness(seed.getAsLong() ^ (part + 1L) * 0x9E3779B97F4A7C15L).permutation(wanted.length);
        return Arrays.stream(order).map(i -> wanted[i]).toArray();
    }
}
