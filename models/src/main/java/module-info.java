// SPDX-License-Identifier: Apache-2.0
/** Two small checkpoints, so that everything runs with no network. */
module dev.avocet.models {
    requires dev.avocet.core;

    exports dev.avocet.models;
}
