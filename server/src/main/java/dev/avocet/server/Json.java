// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.avocet.server.ApiException.Status;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** JSON from clients, which is not trusted: no deep nesting, no key twice, nothing that is not Unicode, bounded texts. */
final class Json {
    private static final int DEEPEST = 8;

    private final ObjectMapper mapper;
    private final Limits limits;

    Json(Limits limits) {
        this.limits = limits;
        var constraints = StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST)
                .maxStringLength(limits.body())
                .maxNumberLength(64)
                .maxNameLength(64)
                .build();
        var factory = JsonFactory.builder()
                .streamReadConstraints(constraints)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        this.mapper = JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    byte[] write(Object answer) {
        try {
            return mapper.writeValueAsBytes(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A request's body: an object with no other fields than these. */
    JsonNode object(byte[] body, Set<String> known) {
        var node = parse(utf8(body), "the body");
        if (!node.isObject()) {
            throw invalid("the body must be a JSON object");
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext();) {
            var name = names.next();
            if (!known.contains(name)) {
                throw invalid(
                        "there is no field \"" + shorten(name) + "\"; known are " + String.join(", ", known.stream()
                                .sorted().toList()));
            }
        }
        return node;
    }

    /** A list of texts in a query parameter. */
    List<String> texts(String json, String name) {
        return texts(parse(json, name), name);
    }

    /** A list of texts, of at least one and at most as many and as long as is allowed. */
    List<String> texts(JsonNode node, String name) {
        if (node == null || !node.isArray()) {
            throw invalid(name + " must be a list of texts");
        }
        if (node.isEmpty()) {
            throw invalid(name + " is empty");
        }
        if (node.size() > limits.texts()) {
            throw invalid(name + " has " + node.size() + " items, and " + limits.texts() + " are allowed");
        }
        var texts = new ArrayList<String>(node.size());
        node.forEach(item -> texts.add(text(item, name + "[" + texts.size() + "]")));
        return texts;
    }

    String text(JsonNode node, String name) {
        if (node == null || !node.isTextual()) {
            throw invalid(name + " must be a text");
        }
        return checked(node.textValue(), name);
    }

    /** A text that is neither empty nor too long nor half a character. */
    String checked(String text, String name) {
        if (text.isBlank()) {
            throw invalid(name + " is empty");
        }
        if (text.length() > limits.textChars()) {
            throw invalid(name + " has " + text.length() + " characters, and " + limits.textChars() + " are allowed");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw invalid(name + " has half of a surrogate pair, which is no character");
        }
        return text;
    }

    static ApiException invalid(String message) {
        return new ApiException(Status.INVALID, message);
    }

    private JsonNode parse(String json, String name) {
        try {
            var node = mapper.readTree(json);
            if (node.isMissingNode()) {
                throw new ApiException(Status.BAD_REQUEST, name + " is empty; wanted is JSON");
            }
            return node;
        } catch (JsonProcessingException e) {
            var where = e.getLocation();
            throw new ApiException(Status.BAD_REQUEST, name + " is not JSON that can be read: "
                    + shorten(e.getOriginalMessage())
                    + (where == null
                            ? ""
                            : ", at line " + where.getLineNr() + ", column "
                                    + where.getColumnNr()));
        }
    }

    private static String utf8(byte[] body) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            throw new ApiException(Status.BAD_REQUEST, "the body is not UTF-8");
        }
    }

    private static String shorten(String text) {
        var line = text.lines().findFirst().orElse("");
        return line.length() <= 160 ? line : line.substring(0, 160) + "...";
    }
}
