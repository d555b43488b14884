// SPDX-License-Identifier: Apache-2.0
/** Embeddings of millions of pictures on Apache Spark. */
package dev.avocet.spark;
