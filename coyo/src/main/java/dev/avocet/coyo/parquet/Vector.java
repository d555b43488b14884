// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.LayerKind;
import dev.hardwood.reader.Validity;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The values of one column in a batch. */
sealed interface Vector {
    /** The value of a row as {@link ValueType} has it; null where it is missing. */
    Object get(int row);

    /** Takes over what a column's reader stands at. */
    static Vector of(Column column, ColumnReader reader) {
        var values = values(column, reader);
        return column.isList() ? lists(column, reader, values) : new Flat(structures(reader), values);
    }

    private static Values values(Column column, ColumnReader reader) {
        var present = reader.getLeafValidity();
        return switch (column.type()) {
            case BOOLEAN -> new Booleans(present, reader.getBooleans());
            case INT32 -> new Ints(present, reader.getInts());
            case INT64 -> new Longs(present, reader.getLongs());
            case FLOAT -> new Floats(present, reader.getFloats());
            case DOUBLE -> new Doubles(present, reader.getDoubles());
            case STRING -> new Bytes(present, reader.getBinaryValues(), reader.getBinaryOffsets(), true);
            case BINARY -> new Bytes(present, reader.getBinaryValues(), reader.getBinaryOffsets(), false);
        };
    }

    /** The layers of a column that is no list: it is missing where one of them is. */
    private static List<Validity> structures(ColumnReader reader) {
        var all = new Validity[reader.getLayerCount()];
        Arrays.setAll(all, reader::getLayerValidity);
        return Arrays.stream(all).filter(Validity::hasNulls).toList();
    }

    private static Vector lists(Column column, ColumnReader reader, Values values) {
        int layer = 0;
        while (reader.getLayerKind(layer) != LayerKind.REPEATED) {
            layer++;
        }
        return new Lists(column, reader.getLayerValidity(layer), reader.getLayerOffsets(layer), values);
    }

    /** One value for each row. */
    record Flat(List<Validity> structures, Values values) implements Vector {
        @Override
        public Object get(int row) {
            for (var each : structures) {
                if (each.isNull(row)) {
                    return null;
                }
            }
            return values.get(row);
        }
    }

    /** A list for each row. */
    record Lists(Column column, Validity present, int[] offsets, Values values) implements Vector {
        @Override
        public Object get(int row) {
            if (present.isNull(row)) {
                return null;
            }
            int from = offsets[row];
            int to = offsets[row + 1];
            if (values.hasMissing(from, to)) {
                throw new ParquetException("a list in the column " + column.name()
                        + " has a missing element, which arrays can't hold; leave the column out");
            }
            return values.copy(from, to);
        }
    }

    /** Values of one type. */
    sealed interface Values {
        Validity present();

        /** A value that is not missing. */
        Object value(int at);

        /** Some values as an array of their own. */
        Object copy(int from, int to);

        /** A value; null where it is missing. */
        default Object get(int at) {
            return present().isNull(at) ? null : value(at);
        }

        default boolean hasMissing(int from, int to) {
            if (!present().hasNulls()) {
                return false;
            }
            int first = present().nextNull(from, to);
            return first >= 0 && first < to;
        }
    }

    record Booleans(Validity present, boolean[] values) implements Values {
        @Override
        public Object value(int at) {
            return values[at];
        }

        @Override
        public Object copy(int from, int to) {
            return Arrays.copyOfRange(values, from, to);
        }
    }

    record Ints(Validity present, int[] values) implements Values {
        @Override
        public Object value(int at) {
            return values[at];
        }

        @Override
        public Object copy(int from, int to) {
            return Arrays.copyOfRange(values, from, to);
        }
    }

    record Longs(Validity present, long[] values) implements Values {
        @Override
        public Object value(int at) {
            return values[at];
        }

        @Override
        public Object copy(int from, int to) {
            return Arrays.copyOfRange(values, from, to);
        }
    }

    record Floats(Validity present, float[] values) implements Values {
        @Override
        public Object value(int at) {
            return values[at];
        }

        @Override
        public Object copy(int from, int to) {
            return Arrays.copyOfRange(values, from, to);
        }
    }

    record Doubles(Validity present, double[] values) implements Values {
        @Override
        public Object value(int at) {
            return values[at];
        }

        @Override
        public Object copy(int from, int to) {
            return Arrays.copyOfRange(values, from, to);
        }
    }

    record Bytes(Validity present, byte[] values, int[] offsets, boolean areTexts) implements Values {
        @Override
        public Object value(int at) {
            int from = offsets[at];
            int to = offsets[at + 1];
            return areTexts
                    ? new String(values, from, to - from, StandardCharsets.UTF_8)
                    : Arrays.copyOfRange(values, from, to);
        }

        @Override
        public Object copy(int from, int to) {
            Object[] all = areTexts ? new String[to - from] : new byte[to - from][];
            for (int i = from; i < to; i++) {
                all[i - from] = value(i);
            }
            return all;
        }
    }
}
