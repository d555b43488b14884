// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.fetch;

import java.time.Duration;

/**
 * What {@link Fetcher} refuses.
 *
 * @param maxBytes the most bytes that an answer may have
 * @param time for all of a transfer, redirects included
 * @param idle for the next bytes
 * @param maxRedirects how many redirects are followed
 * @param privateAddresses whether the first host may be this machine or one of its own network; a redirect never leads
 *     from a public host to such a one. A proxy resolves names by itself, so behind one only addresses are judged
 */
public record FetchLimits(long maxBytes, Duration time, Duration idle, int maxRedirects, boolean privateAddresses) {
    /** For a URL that the user wrote: 64 MB, a minute, ten seconds of silence, five redirects, any host. */
    public static final FetchLimits DEFAULT =
            new FetchLimits(64L << 20, Duration.ofMinutes(1), Duration.ofSeconds(10), 5, true);

    /** Throws {@link IllegalArgumentException} where nothing could be fetched. */
    public FetchLimits {
        if (maxBytes < 1 || maxBytes > Integer.MAX_VALUE - 8 || maxRedirects < 0) {
            throw new IllegalArgumentException(
                    "limits that let nothing through: " + maxBytes + " bytes, " + maxRedirects + " redirects");
        }
    }

    /** The same for URLs that strangers wrote: public hosts only. */
    public FetchLimits withPublicAddressesOnly() {
        return new FetchLimits(maxBytes, time, idle, maxRedirects, false);
    }
}
