// SPDX-License-Identifier: Apache-2.0
/** Tensors, operations, graphs, layers and models, in plain Java. */
module dev.avocet.core {
    exports dev.avocet.core;
    exports dev.avocet.core.tensor;
}
