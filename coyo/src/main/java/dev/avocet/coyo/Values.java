// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo;

import dev.avocet.coyo.parquet.ParquetException;
import dev.avocet.coyo.parquet.Row;

/** A row's values as other types than the file happens to have; null where they are missing. */
record Values(Row row) {
    String text(String column) {
        return row.get(column) instanceof String text ? text : require(column, null, "a text");
    }

    Long whole(String column) {
        return switch (row.get(column)) {
            case Long each -> each;
            case Integer each -> each.longValue();
            case null, default -> require(column, null, "a whole number");
        };
    }

    Integer small(String column) {
        var whole = whole(column);
        if (whole != null && whole != whole.intValue()) {
            throw new ParquetException(column + " is " + whole + ", more than 32 bits hold; leave the row out");
        }
        return whole == null ? null : (Integer) whole.intValue();
    }

    Double real(String column) {
        return switch (row.get(column)) {
            case Double each -> each;
            // As its shortest decimal, which is how the number was written.
            case Float each -> Double.valueOf(each.toString());
            case null, default -> require(column, null, "a number");
        };
    }

    int[] labels(String column) {
        return switch (row.get(column)) {
            case int[] each -> each;
            case long[] each -> {
                var small = new int[each.length];
                for (int i = 0; i < small.length; i++) {
                    small[i] = Math.toIntExact(each[i]);
                }
                yield small;
            }
            case null, default -> require(column, null, "a list of whole numbers");
        };
    }

    float[] probabilities(String column) {
        return switch (row.get(column)) {
            case float[] each -> each;
            case double[] each -> {
                var single = new float[each.length];
                for (int i = 0; i < single.length; i++) {
                    single[i] = (float) each[i];
                }
                yield single;
            }
            case null, default -> require(column, null, "a list of numbers");
        };
    }

    private <T> T require(String column, T missing, String wanted) {
        var value = row.get(column);
        if (value != null) {
            throw new ParquetException("the column " + column + " should have " + wanted + ", and has "
                    + value.getClass().getSimpleName() + "; this is no data set of COYO's");
        }
        return missing;
    }
}
