// SPDX-License-Identifier: Apache-2.0
/** COYO's data sets: reading, streaming and filtering their metadata, fetching their pictures, evaluation. */
module dev.avocet.coyo {
    requires transitive dev.avocet.pipelines;
    requires com.fasterxml.jackson.core;
    requires dev.hardwood.core;
    requires org.xerial.snappy;

    exports dev.avocet.coyo;
    exports dev.avocet.coyo.parquet;
    exports dev.avocet.coyo.stream;
}
