// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends requests, through the proxy that the JVM's properties or the environment name. Follows no redirect: whoever asks
 * must look at where it leads. May be used from any number of threads; nothing to close.
 */
public final class Http {
    private final Proxies proxies;
    private final HttpClient client;

    /** With the process's environment. */
    public Http() {
        this(System.getenv());
    }

    Http(Map<String, String> environment) {
        this.proxies = new Proxies(environment);
        // A large file comes no faster over HTTP/2, and plain http would begin with an offer to switch to it.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(proxies)
                .build();
    }

    /** The address of the proxy through which requests to a host go; empty where they go there at once. */
    public Optional<String> proxy(URI uri) {
        return proxies.of(uri);
    }

    /** Sends a GET and returns once the answer's headers are there; throws {@link IOException} where none comes. */
    public Answer get(URI uri, Map<String, String> headers, Timeouts timeouts) throws IOException {
        long start = System.nanoTime();
        long deadline = start + timeouts.total().toNanos();
        var request = HttpRequest.newBuilder(uri);
        headers.forEach(request::setHeader);
        // The JDK's own timeout ends the body, too, from JDK 26 on.
        var sent = client.sendAsync(request.build(), _ -> new TimedBody(timeouts.idle(), deadline));
        var shorter = timeouts.answer().compareTo(timeouts.total()) < 0 ? timeouts.answer() : timeouts.total();
        var response = await(sent, shorter);
        return new Answer(uri, response.statusCode(), response.headers(), response.body());
    }

    private static HttpResponse<InputStream> await(CompletableFuture<HttpResponse<InputStream>> sent, Duration most)
            throws IOException {
        try {
            return sent.get(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            sent.cancel(true);
            throw (IOException) new HttpTimeoutException("no answer within " + most.toSeconds() + " s").initCause(e);
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(String.valueOf(e.getCause()), e.getCause());
        }
    }
}
