// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.http;

import java.time.Duration;

/**
 * How long to wait for a server.
 *
 * @param answer for the connection and the first line and headers of the answer
 * @param idle for the next bytes of the body
 * @param total for the answer and all of the body
 */
public record Timeouts(Duration answer, Duration idle, Duration total) {
    /** Long enough for any transfer that moves. */
    public static final Duration UNBOUNDED = Duration.ofDays(365);
}
