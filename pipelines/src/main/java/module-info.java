// SPDX-License-Identifier: Apache-2.0
/** What a service embeds: image classification, zero-shot classification and embeddings. */
module dev.avocet.pipelines {
    requires transitive dev.avocet.core;
    requires transitive dev.avocet.loader;
    requires jdk.jfr;

    exports dev.avocet.pipelines;
}
