// SPDX-License-Identifier: Apache-2.0
/** Checkpoints, configurations, tokenizers and pictures: bytes to weights, ids and pixels. */
module dev.avocet.loader {
    requires transitive dev.avocet.core;
    requires java.net.http;
    // Only for those who have a BufferedImage: a run time without a desktop reads pictures all the same.
    requires static transitive java.desktop;

    exports dev.avocet.loader;
    exports dev.avocet.loader.checkpoint;
    exports dev.avocet.loader.fetch;
    exports dev.avocet.loader.hub;
    exports dev.avocet.loader.image;
    exports dev.avocet.loader.tokenizer;
}
