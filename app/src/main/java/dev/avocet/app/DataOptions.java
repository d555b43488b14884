// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.parquet.Filter;
import dev.avocet.coyo.stream.Dataset;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** A data set, and which of its rows and columns are wanted; all is done in the order of the options' help. */
final class DataOptions {
    /** The description of a parameter that takes data sets. */
    static final String HELP =
            "A parquet file, a folder or a pattern of them, or hf://datasets/OWNER/NAME[@REVISION][/PATH].";

    @Parameters(arity = "1..*", paramLabel = "DATA", description = HELP)
    private List<String> data;

    @Option(names = "--where", paramLabel = "FILTER",
            description = "Only rows such as \"num_faces = 0 and clip_similarity_vitb32 > 0.3\"; labels[281] is the "
                    + "probability of label 281.")
    private String where;

    @Option(names = "--shard", paramLabel = "I/N", converter = Shard.Reader.class,
            description = "Only part I of N, counted from 0, such as 0/8.")
    private Shard shard;

    @Option(names = "--shuffle", paramLabel = "SEED", description = "In an order that the seed decides.")
    private Long shuffle;

    @Option(names = "--buffer", paramLabel = "N", defaultValue = "10000", converter = AtLeastOne.class,
            description = "Shuffle within so many rows. Default: 10000.")
    private int buffer;

    @Option(names = "--skip", paramLabel = "N", converter = RowCount.class, description = "Without the first N rows.")
    private Long skip;

    @Option(names = "--take", paramLabel = "N", converter = RowCount.class, description = "Only the first N rows.")
    private Long take;

    @Option(names = "--columns", paramLabel = "A,B,...", description = "Only these columns, in this order.")
    private String columns;

    /** Part {@code part}, counted from 0, of {@code parts}. */
    record Shard(int part, int parts) {
        /** Reads {@code I/N}. */
        static final class Reader implements ITypeConverter<Shard> {
            private static final Pattern PART = Pattern.compile("(\\d{1,9})/(\\d{1,9})");

            @Override
            public Shard convert(String text) {
                var matcher = PART.matcher(text);
                if (!matcher.matches() || Integer.parseInt(matcher.group(1)) >= Integer.parseInt(matcher.group(2))) {
                    throw new TypeConversionException(
                            "'" + text + "' is no part such as 0/8, with the first number below the second");
                }
                return new Shard(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
            }
        }
    }

    /** Reads a number of rows, which may be none. */
    static final class RowCount implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                long count = Long.parseLong(text);
                if (count >= 0) {
                    return count;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new TypeConversionException("'" + text + "' is not a number of rows");
        }
    }

    /** The data set with all that is to be done with it. */
    Dataset dataset(CommonOptions common) {
        var set = Dataset.of(data, common::hub);
        if (where != null) {
            set = set.filter(Filter.parse(where));
        }
        if (shard != null) {
            set = set.shard(shard.parts(), shard.part());
        }
        if (shuffle != null) {
            set = set.shuffle(shuffle, buffer);
        }
        if (skip != null) {
            set = set.skip(skip);
        }
        if (take != null) {
            set = set.take(take);
        }
        return columns == null ? set : set.select(names());
    }

    /** The columns that are wanted; empty for all. */
    List<String> names() {
        return columns == null
                ? List.of()
                : Arrays.stream(columns.split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList();
    }
}
