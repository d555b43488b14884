// SPDX-License-Identifier: Apache-2.0
/** Meters of Micrometer for what models do. */
module dev.avocet.integrations.micrometer {
    requires transitive dev.avocet.pipelines;
    requires transitive micrometer.core;

    exports dev.avocet.integrations.micrometer;
}
