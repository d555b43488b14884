// SPDX-License-Identifier: Apache-2.0
/** Pictures found by what they show: embeddings in Lucene's vector index. */
package dev.avocet.search;
