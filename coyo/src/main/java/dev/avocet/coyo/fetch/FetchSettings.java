// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.fetch;

import dev.avocet.loader.fetch.FetchLimits;
import dev.avocet.loader.image.ImageLimits;
import java.time.Duration;

/**
 * How pictures are fetched.
 *
 * @param limits for each address; strangers wrote them, so by default none of this machine's own network is asked
 * @param pictures the sizes of what is decoded
 * @param parallel how many addresses are asked at once
 * @param perHost how many of them of one host
 * @param retries how often an address is asked again that might have answered
 * @param retryDelay the pause before that; it doubles each time
 * @param longestDelay the longest pause, also where the server asks for more
 */
public record FetchSettings(FetchLimits limits, ImageLimits pictures, int parallel, int perHost, int retries,
        Duration retryDelay, Duration longestDelay) {
    /** Public addresses, 16 MB and 10 s each, 64 megapixels, 32 at once and 4 of a host, two retries. */
    public static final FetchSettings DEFAULT = new FetchSettings(
            new FetchLimits(16 << 20, Duration.ofSeconds(10), Duration.ofSeconds(5), 5, false),
            new ImageLimits(64_000_000, 65_535, 16 << 20), 32, 4, 2, Duration.ofSeconds(1), Duration.ofSeconds(20));

    /** Refuses numbers that let nothing through. */
    public FetchSettings {
        if (parallel < 1 || perHost < 1 || retries < 0) {
            throw new IllegalArgumentException(
                    parallel + " at once, " + perHost + " of a host, " + retries + " retries");
        }
    }
}
