// SPDX-License-Identifier: Apache-2.0
/** COYO's data sets: reading, streaming and filtering their metadata, fetching their pictures, evaluation. */
module dev.avocet.coyo {
    requires transitive dev.avocet.pipelines;
    requires transitive com.fasterxml.jackson.core;
    requires dev.hardwood.core;
    // Only for plots: a run time without a desktop evaluates all the same.
    requires static java.desktop;
    requires org.xerial.snappy;

    exports dev.avocet.coyo;
    exports dev.avocet.coyo.eval;
    exports dev.avocet.coyo.fetch;
    exports dev.avocet.coyo.parquet;
    exports dev.avocet.coyo.stats;
    exports dev.avocet.coyo.stream;
}
