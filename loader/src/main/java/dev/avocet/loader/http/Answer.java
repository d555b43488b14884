// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a server answered; must be closed, which drops what was not read of the body.
 *
 * @param body throws {@link IOException} where the connection breaks or the server falls silent
 */
public record Answer(URI uri, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {
    /** The first value of a header. */
    public Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    /** Where a redirect leads; empty in any other answer. */
    public Optional<String> location() {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> header("Location");
            default -> Optional.empty();
        };
    }

    /** The body's length as it is sent, where the server says it. */
    public OptionalLong length() {
        return headers.firstValueAsLong("Content-Length");
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // Nothing more is wanted of this connection.
        }
    }
}
