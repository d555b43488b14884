// SPDX-License-Identifier: Apache-2.0
/** Models as LangChain4j's embedding models. */
package dev.avocet.integrations.langchain4j;
