// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

/**
 * One thing in which a checkpoint differs from what a model wants of it.
 *
 * @param name the tensor's
 * @param wanted its shape, {@code floating point} where the type is wrong, or {@code nothing}
 * @param found its shape or type, or {@code nothing}
 * @param origin the file that holds it, or would
 */
public record Mismatch(Kind kind, String name, String wanted, String found, String origin) {
    private static final String NOTHING = "nothing";

    /** What is wrong with a tensor. */
    public enum Kind {
        /** The checkpoint has none of that name. */
        MISSING("is missing"),
        /** The model has no use for it. */
        LEFT_OVER("is left over"),
        /** Its extents are others. */
        SHAPE("has another shape"),
        /** It does not hold floating-point numbers. */
        TYPE("has another type");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    static Mismatch missing(String name, String wanted, String origin) {
        return new Mismatch(Kind.MISSING, name, wanted, NOTHING, origin);
    }

    static Mismatch leftOver(String name, String found, String origin) {
        return new Mismatch(Kind.LEFT_OVER, name, NOTHING, found, origin);
    }

    /** A sentence: {@code tensor classifier.bias has another shape: wanted [7], found [9] in model.safetensors}. */
    @Override
    public String toString() {
        return "tensor " + name + " " + kind.words + ": wanted " + wanted + ", found " + found + " in " + origin;
    }
}
