// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/** What Hugging Face's tokenizers gives, as tokenizer_goldens.py wrote it down. */
final class Goldens {
    /** The vocabulary of bert-base-uncased. */
    static final Path BERT = path("/bert-vocab");

    private Goldens() {}

    static Path path(String resource) {
        try {
            return Path.of(Goldens.class.getResource(resource).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode read(String resource) {
        try {
            return new ObjectMapper().readTree(path(resource).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::textValue).toList();
    }

    /** The numbers of a list, or of a list of lists row by row. */
    static int[] ints(JsonNode list) {
        return list.valueStream()
                .flatMap(entry -> entry.isArray() ? entry.valueStream() : List.of(entry).stream())
                .mapToInt(JsonNode::intValue)
                .toArray();
    }
}
