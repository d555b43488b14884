// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import dev.avocet.core.AvocetException;

/** A picture that cannot be read, with what is wrong, which one it is, and what to do. */
public final class ImageException extends AvocetException {
    private static final long serialVersionUID = 1;

    /** What is wrong with a picture, for those who answer with different status codes. */
    public enum Reason {
        /** The file or stream itself cannot be read. */
        UNREADABLE,
        /** The data are no picture, or one of a format that is not decoded. */
        NOT_A_PICTURE,
        /** The data end before the picture does. */
        INCOMPLETE,
        /** The data break a rule of their format. */
        DAMAGED,
        /** The format is decoded, but not this kind of it. */
        UNSUPPORTED,
        /** The picture is beyond the {@link ImageLimits}, or beyond the memory that there is. */
        TOO_LARGE
    }

    private final Reason reason;

    ImageException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    ImageException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** What is wrong. */
    public Reason reason() {
        return reason;
    }
}
