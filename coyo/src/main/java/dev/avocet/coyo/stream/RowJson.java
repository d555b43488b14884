// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.avocet.coyo.parquet.Row;
import java.io.IOException;

/** Rows as JSON: a field for each column, in the order of the columns. */
public final class RowJson {
    private RowJson() {}

    /** Writes the fields of a row; what is missing and what is no number is null, bytes are Base64. */
    public static void writeFields(Row row, JsonGenerator json) throws IOException {
        for (int i = 0; i < row.schema().size(); i++) {
            json.writeFieldName(row.schema().column(i).name());
            write(row.get(i), json);
        }
    }

    private static void write(Object value, JsonGenerator json) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case Boolean each -> json.writeBoolean(each);
            case Integer each -> json.writeNumber(each);
            case Long each -> json.writeNumber(each);
            case Float each -> writeFloat(each, json);
            case Double each -> writeDouble(each, json);
            case byte[] each -> json.writeBinary(each);
            case String each -> json.writeString(each);
            case int[] all -> json.writeArray(all, 0, all.length);
            case long[] all -> json.writeArray(all, 0, all.length);
            case float[] all -> {
                json.writeStartArray();
                for (float each : all) {
                    writeFloat(each, json);
                }
                json.writeEndArray();
            }
            case double[] all -> {
                json.writeStartArray();
                for (double each : all) {
                    writeDouble(each, json);
                }
                json.writeEndArray();
            }
            case Object[] all -> {
                json.writeStartArray();
                for (var each : all) {
                    write(each, json);
                }
                json.writeEndArray();
            }
            default -> throw new IllegalArgumentException("a value of " + value.getClass());
        }
    }

    private static void writeFloat(float value, JsonGenerator json) throws IOException {
        if (Float.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeNull();
        }
    }

    private static void writeDouble(double value, JsonGenerator json) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeNull();
        }
    }
}
