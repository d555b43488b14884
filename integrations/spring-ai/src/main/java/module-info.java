// SPDX-License-Identifier: Apache-2.0
/** Models as Spring AI's embedding models. */
module dev.avocet.integrations.springai {
    requires transitive dev.avocet.pipelines;
    requires transitive spring.ai.commons;
    requires transitive spring.ai.model;

    exports dev.avocet.integrations.springai;
}
