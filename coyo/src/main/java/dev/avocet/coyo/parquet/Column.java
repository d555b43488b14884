// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

/**
 * A column of a parquet file.
 *
 * @param name with dots where it is part of a structure, such as {@code image.bytes}
 * @param type of a value, or of a list's elements
 * @param isList whether a value is a list
 * @param isOptional whether a value may be missing
 */
public record Column(String name, ValueType type, boolean isList, boolean isOptional) {
    /** A column whose values may be missing. */
    public static Column of(String name, ValueType type) {
        return new Column(name, type, false, true);
    }

    /** A column of lists, which may be missing. */
    public static Column listOf(String name, ValueType type) {
        return new Column(name, type, true, true);
    }

    /** The type in the words of Hugging Face's data sets, such as {@code int64} or {@code list<float32>}. */
    public String typeName() {
        var one = switch (type) {
            case BOOLEAN -> "bool";
            case INT32 -> "int32";
            case INT64 -> "int64";
            case FLOAT -> "float32";
            case DOUBLE -> "float64";
            case STRING -> "string";
            case BINARY -> "binary";
        };
        return isList ? "list<" + one + ">" : one;
    }
}
