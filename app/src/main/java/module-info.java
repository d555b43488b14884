// SPDX-License-Identifier: Apache-2.0
/** The command line. */
module dev.avocet.app {
    requires dev.avocet.pipelines;
    requires info.picocli;
}
