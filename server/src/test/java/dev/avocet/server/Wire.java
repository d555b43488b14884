// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Bytes on a connection, for what no client would send. */
final class Wire {
    private static final int PATIENCE_MILLIS = 30_000;

    private Wire() {}

    /** A request's head: its first line without the version, and its headers besides {@code Host}. */
    static String head(String request, String... headers) {
        var head = new StringBuilder(request).append(" HTTP/1.1\r\nHost: localhost\r\n");
        for (var header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    static Socket open(URI address) throws IOException {
        var socket = new Socket(address.getHost(), address.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** Sends this, ends the sending half, and returns all that comes back. */
    static String say(URI address, byte[]... parts) {
        try (var socket = open(address)) {
            try {
                for (var part : parts) {
                    socket.getOutputStream().write(part);
                }
                socket.shutdownOutput();
            } catch (IOException hungUp) {
                // the answer may be there all the same
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String say(URI address, String request) {
        return say(address, request.getBytes(StandardCharsets.ISO_8859_1));
    }
}
