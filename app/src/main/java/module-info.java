// SPDX-License-Identifier: Apache-2.0
/** The command line. */
module dev.avocet.app {
    requires com.fasterxml.jackson.core;
    requires dev.avocet.coyo;
    requires dev.avocet.models;
    requires dev.avocet.search;
    requires info.picocli;
    requires java.desktop;
    requires java.logging;
    requires java.management;

    // picocli sets the fields of commands.
    opens dev.avocet.app to
            info.picocli;
}
