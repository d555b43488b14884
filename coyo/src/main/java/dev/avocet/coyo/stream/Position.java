// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.avocet.coyo.parquet.ParquetException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a stream stands, so that another one can go on there; plain data, also as JSON. Of a shuffled stream it names every row in
 * the buffer, so that none is lost and none comes twice.
 *
 * @param recipe what tells its data set from others
 * @param next the row of the files that is read next
 * @param delivered how many rows the stream has given
 * @param states of the steps that have one, in their order
 */
public record Position(String recipe, Origin next, long delivered, List<State> states) {
    /** What a step remembers. */
    public sealed interface State {
        /** Rows yet to be skipped or taken. */
        record Left(long count) implements State {}

        /** A shuffle's buffer, and its random numbers so far. */
        record Buffer(long random, List<Origin> origins) implements State {}
    }

    /** As one line of JSON. */
    public String toJson() {
        var text = new StringWriter();
        try (var json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("recipe", recipe);
            json.writeFieldName("next");
            json.writeStartArray();
            write(next, json);
            json.writeEndArray();
            json.writeNumberField("delivered", delivered);
            json.writeArrayFieldStart("states");
            for (var state : states) {
                write(state, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(State state, JsonGenerator json) throws IOException {
        json.writeStartObject();
        switch (state) {
            case State.Left(long count) -> json.writeNumberField("left", count);
            case State.Buffer(long random, var origins) -> {
                json.writeNumberField("random", random);
                json.writeArrayFieldStart("buffer");
                for (var origin : origins) {
                    write(origin, json);
                }
                json.writeEndArray();
            }
        }
        json.writeEndObject();
    }

    private static void write(Origin origin, JsonGenerator json) throws IOException {
        json.writeNumber(origin.file());
        json.writeNumber(origin.group());
        json.writeNumber(origin.row());
    }

    /** What {@link #toJson} wrote; throws {@link ParquetException} where it is something else. */
    public static Position ofJson(String text) {
        try (var json = new JsonFactory().createParser(text)) {
            return read(json);
        } catch (IOException | IllegalStateException e) {
            throw new ParquetException(
                    "this is no position of a stream: " + e.getMessage().lines().findFirst().orElse("")
                            + "; begin anew",
                    e);
        }
    }

    private static Position read(JsonParser json) throws IOException {
        require(json.nextToken() == JsonToken.START_OBJECT);
        String recipe = null;
        List<Origin> next = List.of();
        long delivered = 0;
        List<State> states = new ArrayList<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var name = json.currentName();
            json.nextToken();
            switch (name) {
                case "recipe" -> recipe = json.getText();
                case "next" -> next = origins(json);
                case "delivered" -> delivered = json.getLongValue();
                case "states" -> {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        states.add(state(json));
                    }
                }
                default -> json.skipChildren();
            }
        }
        require(recipe != null && next.size() == 1);
        return new Position(recipe, next.getFirst(), delivered, List.copyOf(states));
    }

    private static State state(JsonParser json) throws IOException {
        long left = 0;
        long random = 0;
        List<Origin> origins = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var name = json.currentName();
            json.nextToken();
            switch (name) {
                case "left" -> left = json.getLongValue();
                case "random" -> random = json.getLongValue();
                case "buffer" -> origins = origins(json);
                default -> json.skipChildren();
            }
        }
        return origins == null ? new State.Left(left) : new State.Buffer(random, origins);
    }

    private static List<Origin> origins(JsonParser json) throws IOException {
        var origins = new ArrayList<Origin>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            int file = json.getIntValue();
            json.nextToken();
            int group = json.getIntValue();
            json.nextToken();
            origins.add(new Origin(file, group, json.getLongValue()));
        }
        return List.copyOf(origins);
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("fields are missing");
        }
    }
}
