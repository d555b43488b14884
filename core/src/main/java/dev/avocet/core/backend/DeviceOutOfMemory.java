// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import dev.avocet.core.AvocetException;

/** A device could not give the memory that a model or a run needs. */
public final class DeviceOutOfMemory extends AvocetException {
    private static final long serialVersionUID = 1;

    /**
     * Says what did not fit and what to do.
     *
     * @param what what the memory was for
     * @param bytes how much was asked for
     */
    public DeviceOutOfMemory(String what, long bytes, String advice) {
        super("out of memory: " + bytes + " bytes for " + what + "; " + advice);
    }
}
