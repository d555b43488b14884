// SPDX-License-Identifier: Apache-2.0
/** ALIGN: a picture and a text tower with one space of embeddings. */
package dev.avocet.core.model.align;
