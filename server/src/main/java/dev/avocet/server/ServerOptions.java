// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import java.util.Optional;

/**
 * Where and for whom a server listens.
 *
 * @param host a name or address of this machine; {@code 127.0.0.1} for this machine alone
 * @param port 0 for any that is free
 * @param threads requests that are computed at once
 * @param key what clients have to know
 * @param pem for TLS
 */
public record ServerOptions(
        String host, int port, int threads, Optional<ApiKey> key, Optional<Pem> pem, Limits limits) {
    /** This machine alone, any free port, without key or TLS. */
    public static ServerOptions local(int threads) {
        return new ServerOptions("127.0.0.1", 0, threads, Optional.empty(), Optional.empty(), Limits.DEFAULT);
    }

    /** The same with other limits. */
    public ServerOptions withLimits(Limits other) {
        return new ServerOptions(host, port, threads, key, pem, other);
    }

    /** The same with a key. */
    public ServerOptions withKey(ApiKey other) {
        return new ServerOptions(host, port, threads, Optional.of(other), pem, limits);
    }

    /** The same with TLS. */
    public ServerOptions withPem(Pem other) {
        return new ServerOptions(host, port, threads, key, Optional.of(other), limits);
    }
}
