// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/** Why bytes are not a picture that can be decoded; checked, so that no decoder can forget to pass it on. */
public final class CodecException extends Exception {
    private static final long serialVersionUID = 1;

    /** What kind of fault it is, which decides the advice that goes with it. */
    public enum Kind {
        /** The data end before the picture does. */
        TRUNCATED,
        /** The data break a rule of their format. */
        CORRUPT,
        /** The data are valid, but of a kind that is not decoded here. */
        UNSUPPORTED,
        /** The picture declares dimensions beyond the caller's limits. */
        TOO_LARGE
    }

    private final Kind kind;

    private CodecException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** The kind of fault. */
    public Kind kind() {
        return kind;
    }

    static CodecException truncated(String message) {
        return new CodecException(Kind.TRUNCATED, message);
    }

    static CodecException corrupt(String message) {
        return new CodecException(Kind.CORRUPT, message);
    }

    static CodecException unsupported(String message) {
        return new CodecException(Kind.UNSUPPORTED, message);
    }

    /** For the caller's {@link SizeCheck}: the picture is larger than it wants to decode. */
    public static CodecException tooLarge(String message) {
        return new CodecException(Kind.TOO_LARGE, message);
    }
}
