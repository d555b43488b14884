// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.server.ApiException.Status;
import dev.avocet.server.Route.Body;
import dev.avocet.server.Route.Computed;
import dev.avocet.server.Route.Dialect;
import dev.avocet.server.Route.Direct;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/** Checks who asks for what, and leads to it: routes are looked up by their exact path, nothing is joined or resolved. */
final class Gate extends Handler.Abstract.NonBlocking {
    private static final List<HttpField> SECURITY = List.of(
            new PreEncodedHttpField("Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
                            + "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
                            + "form-action 'none'; frame-ancestors 'none'"),
            new PreEncodedHttpField("X-Content-Type-Options", "nosniff"),
            new PreEncodedHttpField("X-Frame-Options", "DENY"),
            new PreEncodedHttpField("Referrer-Policy", "no-referrer"),
            new PreEncodedHttpField("Cross-Origin-Opener-Policy", "same-origin"),
            new PreEncodedHttpField("Cross-Origin-Resource-Policy", "same-origin"),
            new PreEncodedHttpField("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"));

    private final Map<String, Route> routes = new LinkedHashMap<>();
    private final Services services;
    private final Optional<ApiKey> key;
    private final Set<String> hosts;

    /** @param hosts the names by which clients may call the server; empty for any */
    Gate(List<Route> routes, Services services, Optional<ApiKey> key, Set<String> hosts) {
        routes.forEach(route -> this.routes.put(route.path(), route));
        this.services = services;
        this.key = key;
        this.hosts = hosts;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        SECURITY.forEach(response.getHeaders()::put);
        var route = routes.get(request.getHttpURI().getDecodedPath());
        var exchange = new Exchange(request, response, callback, route, services, timeout(request));
        // A request that is being computed is not idle, whatever its connection looks like; it has its own timeout.
        request.addIdleTimeoutListener(_ -> exchange.isAnswered());
        try {
            admit(request, route);
            switch (route) {
                case Direct direct -> exchange.succeed(direct.source().get(), null);
                case Computed computed -> new Reception(exchange, computed, body(request, computed)).begin();
            }
        } catch (RuntimeException | Error e) {
            exchange.fail(e);
        }
        return true;
    }

    /** What an address is told that sends faster than it may. */
    boolean refuseHaste(Request request, Response response, Callback callback) {
        SECURITY.forEach(response.getHeaders()::put);
        var route = routes.get(request.getHttpURI().getDecodedPath());
        new Exchange(request, response, callback, route, services, timeout(request)).fail(new ApiException(
                Status.OVERLOADED, "too many requests per second from this address"));
        return true;
    }

    private void admit(Request request, Route route) {
        if (!hosts.isEmpty() && !hosts.contains(Request.getServerName(request).toLowerCase(Locale.ROOT))) {
            throw new ApiException(Status.WRONG_HOST,
                    "this server answers only to " + String.join(", ", hosts.stream().sorted().toList()));
        }
        if (route == null) {
            throw new ApiException(Status.NOT_FOUND, "there is nothing here; /openapi.json tells what there is");
        }
        var method = request.getMethod();
        if (!method.equals(route.method()) && !(method.equals("HEAD") && route instanceof Direct)) {
            throw new ApiException(Status.METHOD_NOT_ALLOWED, "this is for " + route.method());
        }
        boolean open = route instanceof Direct direct && direct.open();
        if (!open && key.isPresent() && !key.get().allows(request.getHeaders().get(HttpHeader.AUTHORIZATION))) {
            throw new ApiException(Status.UNAUTHORIZED,
                    "send the header Authorization: Bearer KEY with the server's API key");
        }
    }

    private static Body body(Request request, Computed route) {
        var encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new ApiException(Status.UNSUPPORTED_TYPE, "send the body as it is, without Content-Encoding");
        }
        var header = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        var type = (header == null ? "" : header.split(";", 2)[0]).strip().toLowerCase(Locale.ROOT);
        for (var body : route.bodies().keySet()) {
            boolean fits = switch (body) {
                case IMAGE -> type.startsWith("image/") || type.equals("application/octet-stream");
                case JSON -> type.equals("application/json");
            };
            if (fits) {
                return body;
            }
        }
        throw new ApiException(Status.UNSUPPORTED_TYPE, "wanted is "
                + String.join(" or ", route.bodies().keySet().stream().sorted().map(Body::words).toList()));
    }

    /** What the client asks for with {@code X-Request-Timeout}, in seconds, within what the server allows. */
    private Duration timeout(Request request) {
        var most = services.limits().timeout();
        var header = request.getHeaders().get("X-Request-Timeout");
        if (header != null) {
            try {
                double seconds = Double.parseDouble(header);
                if (seconds > 0 && seconds * 1e9 < most.toNanos()) {
                    return Duration.ofNanos((long) (seconds * 1e9));
                }
            } catch (NumberFormatException ignored) {
                // what is no number asks for nothing
            }
        }
        return most;
    }

    /** A request that is to be computed: its body is read, it is queued, computed, and told when its time is over. */
    private final class Reception {
        private final Exchange exchange;
        private final Computed route;
        private final Body type;
        private final Desk desk;
        private final Fields query;
        private volatile Runnable takeBack = () -> {};

        Reception(Exchange exchange, Computed route, Body type) {
            this.exchange = exchange;
            this.route = route;
            this.type = type;
            this.desk = services.desks().get(route.bodies().get(type));
            this.query = query(exchange.request());
        }

        void begin() {
            var headers = exchange.request().getHeaders();
            if (headers.getLongField(HttpHeader.CONTENT_LENGTH) > services.limits().body()) {
                throw new ApiException(Status.TOO_LARGE,
                        "the body has more than " + services.limits().body() + " bytes");
            }
            desk.requirePlace(exchange.left());
            var reader = new BodyReader(exchange, services, this::queue);
            var alarm = exchange.request().getConnectionMetaData().getConnector().getScheduler().schedule(() -> {
                if (exchange.expire()) {
                    takeBack.run();
                    reader.release();
                }
            }, exchange.left().toNanos(), TimeUnit.NANOSECONDS);
            Request.addCompletionListener(exchange.request(), _ -> alarm.cancel());
            reader.run();
        }

        private void queue(BodyReader reader) {
            takeBack = desk.submit(() -> compute(reader), exchange.left(), reader::release);
            if (exchange.isAnswered()) {
                takeBack.run();
            }
        }

        private void compute(BodyReader reader) {
            if (!exchange.left().isPositive()) {
                exchange.expire();
            }
            if (exchange.isAnswered()) {
                return;
            }
            long waited = System.nanoTime() - exchange.arrival();
            services.meters().waited(waited);
            var stages = services.telemetry().begin();
            stages.addQueue(waited);
            try (var call = new Call(type, reader.body(), query, services, exchange::left, stages)) {
                var answer = route.handler().answer(call);
                long writing = System.nanoTime();
                var json = services.json().write(answer);
                stages.addPostprocess(System.nanoTime() - writing);
                exchange.succeed(Answer.json(json), stages.header());
            } catch (InterruptedException | RuntimeException | Error e) {
                exchange.fail(e);
            } finally {
                services.telemetry().end();
            }
        }

        private static Fields query(Request request) {
            try {
                return Request.extractQueryParameters(request);
            } catch (RuntimeException e) {
                throw new ApiException(Status.BAD_REQUEST, "the query cannot be read: it is not UTF-8, URL-encoded");
            }
        }
    }

    /** A route for everybody. */
    static Direct open(String path, Route.Source source) {
        return new Direct(path, Dialect.AVOCET, true, source);
    }
}
