// SPDX-License-Identifier: Apache-2.0
/** BERT, also as ALIGN's text tower. */
package dev.avocet.core.model.bert;
