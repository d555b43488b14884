// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import java.io.IOException;

/** A peer can't take part on this machine; says what is missing. */
final class NotHereException extends IOException {
    private static final long serialVersionUID = 1;

    NotHereException(String message) {
        super(message);
    }
}
