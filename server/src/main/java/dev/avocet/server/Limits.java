// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.loader.image.ImageLimits;
import java.time.Duration;

/**
 * What a client may ask for; everything beyond is refused before memory is taken for it.
 *
 * @param body bytes of a request's body
 * @param image a picture's pixels and sides
 * @param texts labels or texts of one request
 * @param textChars characters of a label or text
 * @param queue requests that wait while others are computed
 * @param connections open connections; further ones wait in the system's backlog
 * @param rate requests per second from one address; 0 for any number
 * @param head the longest time that a request's head may take to arrive
 * @param timeout the longest time from a request's arrival to its answer; a client may ask for less
 * @param write the longest time that a client may take to read its answer
 * @param grace how long stopping waits for requests in flight
 */
public record Limits(
        int body, ImageLimits image, int texts, int textChars, int queue, int connections, int rate, Duration head,
        Duration timeout, Duration write, Duration grace) {
    /**
     * 10 MiB, 25 megapixels, sides of 16,384, 256 texts of 2,000 characters, 64 waiting, any rate; 10 seconds for a head, 10
     * until the answer, 60 for reading it, and 30 for stopping.
     */
    public static final Limits DEFAULT = new Limits(10 << 20, new ImageLimits(25_000_000, 16_384, 10 << 20), 256, 2_000,
            64, 1_024, 0, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(60),
            Duration.ofSeconds(30));

    /** Refuses numbers below 1. */
    public Limits {
        if (body < 1 || texts < 1 || textChars < 1 || queue < 1 || connections < 1 || rate < 0
                || !head.isPositive() || !timeout.isPositive() || !write.isPositive() || grace.isNegative()) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    /** The same with another number of waiting requests. */
    public Limits withQueue(int count) {
        return new Limits(body, image, texts, textChars, count, connections, rate, head, timeout, write, grace);
    }

    /** The same with another longest time to an answer. */
    public Limits withTimeout(Duration time) {
        return new Limits(body, image, texts, textChars, queue, connections, rate, head, time, write, grace);
    }

    /** The same with another number of requests per second from one address. */
    public Limits withRate(int perSecond) {
        return new Limits(body, image, texts, textChars, queue, connections, perSecond, head, timeout, write, grace);
    }

    /** The same with another longest time for a client to read its answer. */
    public Limits withWrite(Duration time) {
        return new Limits(body, image, texts, textChars, queue, connections, rate, head, timeout, time, grace);
    }

    /** The same with another longest time for a request's head. */
    public Limits withHead(Duration time) {
        return new Limits(body, image, texts, textChars, queue, connections, rate, time, timeout, write, grace);
    }
}
