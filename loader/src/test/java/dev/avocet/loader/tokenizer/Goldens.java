// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import dev.avocet.loader.checkpoint.JsonFile;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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

    static List<Map<String, Object>> objects(String resource, String key) {
        return cast(JsonFile.read(path(resource)).get(key));
    }

    static List<String> texts(String resource, String key) {
        return cast(JsonFile.read(path(resource)).get(key));
    }

    @SuppressWarnings("unchecked") // the file is ours
    static <T> T cast(Object value) {
        return (T) value;
    }

    static int[] ints(Object list) {
        return Goldens.<List<Long>>cast(list).stream().mapToInt(Math::toIntExact).toArray();
    }

    /** A matrix, row by row. */
    static int[] flatInts(Object lists) {
        return Goldens.<List<List<Long>>>cast(lists).stream().flatMap(List::stream).mapToInt(Math::toIntExact).toArray();
    }
}
