// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;

/** JSON Lines: one object per line, in UTF-8, each complete when the call returns. */
final class JsonLines {
    private final Writer out;
    private final JsonGenerator json;

    /** Lines to a writer, which stays the caller's to close. */
    JsonLines(Writer out) {
        this.out = out;
        try {
            this.json = new JsonFactory().createGenerator(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        json.setRootValueSeparator(null);
    }

    /** The fields of one object. */
    interface Fields {
        /** Writes them. */
        void write(JsonGenerator json) throws IOException;
    }

    /** Writes one object and a line's end. */
    void line(Fields fields) {
        try {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
            json.flush();
            out.write('\n');
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The object of a picture that failed. */
    void error(Pictures.Picture picture, String reason) {
        line(each -> {
            each.writeStringField("image", picture.name());
            each.writeStringField("error", reason);
        });
    }

    /** A field with a list of numbers, each with the digits that tell it from its neighbours. */
    static void writeFloats(JsonGenerator json, String name, float[] values) throws IOException {
        json.writeArrayFieldStart(name);
        for (float value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }

    /** A field with a list of texts. */
    static void writeTexts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeFieldName(name);
        json.writeArray(texts.toArray(String[]::new), 0, texts.size());
    }

    /** A number, or null where it is not known. */
    static void writeKnown(JsonGenerator json, String name, double value, boolean isKnown) throws IOException {
        if (isKnown) {
            json.writeNumberField(name, value);
        } else {
            json.writeNullField(name);
        }
    }

    /** A field with a list of whole numbers. */
    static void writeInts(JsonGenerator json, String name, int[] values) throws IOException {
        json.writeFieldName(name);
        json.writeArray(values, 0, values.length);
    }
}
