// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The server's OpenAPI document, to which every answer that a test gets is held. */
final class Contract {
    private final SchemaRegistry registry =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final JsonNode document = read();

    private static JsonNode read() {
        try (var in = Contract.class.getResourceAsStream("page/openapi.json")) {
            return Serving.JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode document() {
        return document;
    }

    /** Fails where the operation is described and this answer of it is not. */
    void hold(HttpRequest request, HttpResponse<byte[]> response) {
        var operation = document.path("paths").path(request.uri().getPath())
                .path(request.method().toLowerCase(Locale.ROOT));
        if (operation.isMissingNode()) {
            return;
        }
        var what = request.method() + " " + request.uri() + " answered " + response.statusCode();
        var described = operation.path("responses").path(Integer.toString(response.statusCode()));
        assertTrue(described.isObject(), () -> what + ", which is not described: " + text(response));
        var type = response.headers().firstValue("Content-Type").orElse("nothing").split(";", 2)[0];
        var content = described.path("content").path(type);
        assertTrue(content.isObject(), () -> what + " with " + type + ", which is not described");
        if (type.equals("application/json")) {
            var schema = Serving.JSON.createObjectNode();
            schema.setAll(content.path("schema").<ObjectNode>deepCopy());
            schema.set("components", document.path("components"));
            assertEquals(List.of(), registry.getSchema(schema).validate(Serving.tree(response)), what);
        }
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
