// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model;

import dev.avocet.core.AvocetException;

/** A configuration that can't be used: says which file and field, what was wanted and what was found. */
public final class ConfigException extends AvocetException {
    private static final long serialVersionUID = 1;

    /** An error that is complete in its own words. */
    public ConfigException(String message) {
        super(message);
    }
}
