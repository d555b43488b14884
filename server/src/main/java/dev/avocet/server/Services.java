// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

/** What all requests of one server share. */
record Services(
        Limits limits, Json json, Desk desk, ByteBudget bodies, ByteBudget pictures, StageClock clock, Meters meters) {}
