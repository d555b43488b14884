// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import java.util.Locale;

/** The project's own kernels, and the file that each is in. */
enum Kernel {
    ACTIVATE("elements"),
    SCALE("elements"),
    ADD("elements"),
    MULTIPLY("elements"),
    MOVE("move"),
    MOVE_IN("move"),
    MOVE_OUT("move"),
    RESHAPE("move"),
    LAYER_NORM("norms"),
    SOFTMAX("norms"),
    L2_NORMALIZE("norms"),
    EMBED("embedding"),
    MEAN("pooling"),
    MAXIMUM("pooling"),
    DEPTHWISE("depthwise"),
    WINDOWS("convolution"),
    FEW_ROWS("excite"),
    SQUEEZE("excite"),
    EXCITE("excite"),
    ATTENTION("attention"),
    ATTENTION_PROBABILITIES("attention");

    private final String file;

    Kernel(String file) {
        this.file = file;
    }

    /** The file without its ending. */
    String file() {
        return file;
    }

    /** Its function's name. */
    String symbol() {
        return name().toLowerCase(Locale.ROOT);
    }
}
