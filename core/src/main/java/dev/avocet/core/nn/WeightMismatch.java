// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.AvocetException;
import java.util.List;

/**
 * A checkpoint and the model that its configuration describes don't fit: a tensor is missing, left over or of another
 * shape.
 */
public final class WeightMismatch extends AvocetException {
    private static final long serialVersionUID = 1;

    /** Tells the first difference, of at least one, and how many more there are. */
    public WeightMismatch(List<Mismatch> differences) {
        super(differences.getFirst() + others(differences));
    }

    private static String others(List<Mismatch> differences) {
        return differences.size() == 1
                ? ""
                : " (and " + (differences.size() - 1) + " more, the last " + differences.getLast().name() + ")";
    }
}
