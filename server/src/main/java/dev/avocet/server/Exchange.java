// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.server.ApiException.Status;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request and its one answer: whoever comes first, result, failure or timeout, gives it, and the others are dropped. */
final class Exchange {
    /** An answer of so many bytes is not worth an alarm: whoever does not read it is idle before long. */
    private static final int SOON_READ = 64 << 10;
    private static final Logger LOG = LoggerFactory.getLogger("dev.avocet.server");

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Route route;
    private final Services services;
    private final long arrival = System.nanoTime();
    private final Duration timeout;
    private final String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile boolean bodyRead;
    private volatile boolean overdue;
    private int onItsWay;

    Exchange(Request request, Response response, Callback callback, Route route, Services services, Duration timeout) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.route = route;
        this.services = services;
        this.timeout = timeout;
    }

    Request request() {
        return request;
    }

    long arrival() {
        return arrival;
    }

    boolean isAnswered() {
        return answered.get();
    }

    Duration left() {
        return timeout.minusNanos(System.nanoTime() - arrival);
    }

    /** The body is here; from now on what takes long is the server's fault. */
    void bodyIsRead() {
        bodyRead = true;
    }

    /** Answers, unless too much is on its way to slow readers already. */
    void succeed(Answer answer, String timing) {
        int units = ByteBudget.units(answer.body().length);
        if (!services.bodies().tryTake(units)) {
            fail(new ApiException(Status.OVERLOADED, "too many large answers at once; try again later"));
        } else if (answered.compareAndSet(false, true)) {
            onItsWay = units;
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, answer.cache());
            if (timing != null) {
                response.getHeaders().put("Server-Timing", timing);
            }
            write(answer.status(), answer.type(), answer.body());
        } else {
            services.bodies().give(units);
        }
    }

    /** The time is over, and the body only to blame if it had all of it; returns whether that was news. */
    boolean expire() {
        overdue = !bodyRead;
        return fail(bodyRead || timeout.compareTo(services.limits().timeout()) < 0
                ? new ApiException(Status.TIMED_OUT, "there was no result within " + timeout.toMillis() + " ms")
                : new ApiException(Status.SLOW_REQUEST,
                        "the body did not arrive within " + timeout.toMillis() + " ms"));
    }

    /** Answers with what went wrong; returns whether it was the first to answer. */
    boolean fail(Throwable failure) {
        if (!answered.compareAndSet(false, true)) {
            return false;
        }
        var known = ApiException.of(failure);
        var status = known.status();
        if (status == Status.INTERNAL) {
            LOG.error("request {} failed", id, failure);
        }
        services.meters().refused(status);
        var headers = response.getHeaders();
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        switch (status) {
            case OVERLOADED, UNAVAILABLE -> {
                long seconds = Math.max(1, (services.longestWait().toMillis() + 999) / 1000);
                headers.put(HttpHeader.RETRY_AFTER, seconds);
            }
            case UNAUTHORIZED -> headers.put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
            case METHOD_NOT_ALLOWED ->
                headers.put(HttpHeader.ALLOW, route.method().equals("GET") ? "GET, HEAD" : "POST");
            case TOO_LARGE, SLOW_REQUEST, TIMED_OUT -> {
                if (!bodyRead) {
                    headers.put(HttpHeader.CONNECTION, "close");
                }
            }
            default -> {}
        }
        var dialect = route == null ? Route.Dialect.AVOCET : route.dialect();
        int code = status == Status.INVALID && dialect == Route.Dialect.OPEN_AI ? 400 : status.http();
        write(code, Answer.JSON, services.json().write(error(dialect, known)));
        return true;
    }

    private Map<String, Object> error(Route.Dialect dialect, ApiException e) {
        var error = new LinkedHashMap<String, Object>();
        switch (dialect) {
            case AVOCET -> {
                error.put("code", e.status().code());
                error.put("message", e.getMessage());
                error.put("request_id", id);
            }
            case OPEN_AI -> {
                var inner = new LinkedHashMap<String, Object>();
                inner.put("message", e.getMessage());
                inner.put("type", e.status().openAiType());
                inner.put("param", null);
                inner.put("code", e.status().code());
                error.put("error", inner);
            }
            case TEXT_EMBEDDINGS_INFERENCE -> {
                error.put("error", e.getMessage());
                error.put("error_type", e.status().teiType());
            }
        }
        return error;
    }

    private void write(int status, String type, byte[] body) {
        services.meters().answered(route == null ? "none" : route.path(), status, System.nanoTime() - arrival);
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.getHeaders().put("X-Request-Id", id);
        var alarm = body.length > SOON_READ ? hangUpLater() : null;
        response.write(true, ByteBuffer.wrap(body), Callback.from(() -> {
            written(alarm);
            finish();
        }, failure -> {
            written(alarm);
            callback.failed(failure);
        }));
    }

    private Scheduler.Task hangUpLater() {
        var metadata = request.getConnectionMetaData();
        return metadata.getConnector().getScheduler().schedule(metadata.getConnection().getEndPoint()::close,
                services.limits().write().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void written(Scheduler.Task alarm) {
        if (alarm != null) {
            alarm.cancel();
        }
        services.bodies().give(onItsWay);
    }

    /** Takes in what the client still sends, so that it comes to read the answer. */
    private void finish() {
        boolean waitsForLeave = request.getHeaders().contains(HttpHeader.EXPECT);
        if (bodyRead || overdue || waitsForLeave) {
            callback.succeeded();
        } else {
            new Drain(request, callback, services.limits().body()).run();
        }
    }
}
