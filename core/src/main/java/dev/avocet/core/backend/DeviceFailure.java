// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import dev.avocet.core.AvocetException;

/** A function of a device's libraries failed: its name, the status that it returned, and what that means. */
public final class DeviceFailure extends AvocetException {
    private static final long serialVersionUID = 1;

    private final String function;
    private final int code;

    /**
     * A failed call.
     *
     * @param meaning the library's own words for the code
     */
    public DeviceFailure(String function, int code, String meaning) {
        super(function + " failed: " + meaning + " (" + code + ")");
        this.function = function;
        this.code = code;
    }

    /** Every later use of a device that a failure has left unusable. */
    public static DeviceFailure lost(String device, DeviceFailure cause) {
        return new DeviceFailure(device, cause);
    }

    private DeviceFailure(String device, DeviceFailure cause) {
        super("the device " + device + " can't be used any more, since " + cause.getMessage()
                + "; close it and open another, such as cpu", cause);
        this.function = cause.function;
        this.code = cause.code;
    }

    /** The function that failed. */
    public String function() {
        return function;
    }

    /** The status that it returned, as the library numbers them. */
    public int code() {
        return code;
    }
}
