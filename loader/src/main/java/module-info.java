// SPDX-License-Identifier: Apache-2.0
/** Checkpoints, configurations, tokenizers and pictures: bytes to weights, ids and pixels. */
module dev.avocet.loader {
    requires transitive dev.avocet.core;
    requires transitive java.desktop;
    requires com.fasterxml.jackson.databind;

    exports dev.avocet.loader;
    exports dev.avocet.loader.checkpoint;
    exports dev.avocet.loader.image;
    exports dev.avocet.loader.tokenizer;
}
