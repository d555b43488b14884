// SPDX-License-Identifier: Apache-2.0
/** Models as LangChain4j's embedding models. */
module dev.avocet.integrations.langchain4j {
    requires transitive dev.avocet.pipelines;
    requires transitive langchain4j.core;

    exports dev.avocet.integrations.langchain4j;
}
