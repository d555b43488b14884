// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;

/** What all requests of one server share. */
record Services(
        Limits limits, Json json, Map<Route.Lane, Desk> desks, ByteBudget bodies, ByteBudget pictures,
        Telemetry telemetry, Meters meters) {
    /** How long whoever is refused now had better stay away. */
    Duration longestWait() {
        return desks.values().stream().map(Desk::expectedWait).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }
}
