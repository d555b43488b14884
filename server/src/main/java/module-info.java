// SPDX-License-Identifier: Apache-2.0
/** The models over HTTP, with a page to try them. */
module dev.avocet.server {
    requires transitive dev.avocet.pipelines;
    requires dev.avocet.integrations.micrometer;
    requires com.fasterxml.jackson.databind;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires org.eclipse.jetty.server;
    requires org.slf4j;

    exports dev.avocet.server;

    // Answers are records.
    opens dev.avocet.server to
            com.fasterxml.jackson.databind;
}
