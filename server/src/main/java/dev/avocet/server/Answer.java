// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

/**
 * What a request gets where all went well.
 *
 * @param status 200, or 503 of a probe
 * @param cache the {@code Cache-Control} header
 */
record Answer(int status, String type, byte[] body, String cache) {
    static final String JSON = "application/json";
    private static final String NEVER = "no-store";

    static Answer json(byte[] body) {
        return new Answer(200, JSON, body, NEVER);
    }

    static Answer of(int status, String type, byte[] body) {
        return new Answer(status, type, body, NEVER);
    }
}
