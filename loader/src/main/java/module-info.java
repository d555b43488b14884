// SPDX-License-Identifier: Apache-2.0
/** Checkpoints, configurations, tokenizers and pictures: bytes to weights, ids and pixels. */
module dev.avocet.loader {
    requires transitive dev.avocet.core;
    requires java.desktop;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;

    exports dev.avocet.loader;
    exports dev.avocet.loader.checkpoint;
}
