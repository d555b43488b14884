// SPDX-License-Identifier: Apache-2.0
/** The command line. */
module dev.avocet.app {
    requires com.fasterxml.jackson.core;
    requires dev.avocet.coyo;
    requires dev.avocet.models;
    requires dev.avocet.pipelines;
    requires dev.avocet.search;
    requires dev.avocet.server;
    requires info.picocli;
    requires java.desktop;
    requires java.logging;
    requires java.management;
    requires jdk.unsupported;

    // picocli sets the fields of commands.
    opens dev.avocet.app to
            info.picocli;
}
