// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What is answered where a request does not get as far as {@link Gate}: not HTTP, too long a head, or stopping. */
final class PlainErrors implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        var code = switch (status) {
            case HttpStatus.SERVICE_UNAVAILABLE_503 -> "unavailable";
            case HttpStatus.INTERNAL_SERVER_ERROR_500 -> "internal";
            default -> "bad_request";
        };
        var id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        var json = "{\"code\":\"" + code + "\",\"message\":\"" + HttpStatus.getMessage(status)
                + "\",\"request_id\":\"" + id + "\"}";
        if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Answer.JSON);
        response.getHeaders().put("X-Request-Id", id);
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.write(true, ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)), callback);
        return true;
    }
}
