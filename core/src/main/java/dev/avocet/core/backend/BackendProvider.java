// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

/** How a backend is found: through {@link java.util.ServiceLoader}, by the first part of a device's name. */
public interface BackendProvider {
    /** The name it answers to, such as {@code cpu}. */
    String name();

    /**
     * Opens the backend.
     *
     * @param selector what follows the colon of a device's name, such as {@code 0} in {@code cuda:0}; may be empty
     * @throws BackendUnavailable with the reason and the remedy, where it can't run here
     */
    Backend open(String selector, DeviceOptions options);
}
