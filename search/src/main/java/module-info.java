// SPDX-License-Identifier: Apache-2.0
/** Pictures found by what they show: embeddings in Lucene's vector index. */
module dev.avocet.search {
    requires transitive dev.avocet.pipelines;
    requires dev.avocet.coyo;
    requires java.desktop;
    requires org.apache.lucene.core;

    exports dev.avocet.search;
}
