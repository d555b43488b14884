// SPDX-License-Identifier: Apache-2.0
/** Accuracy, nearest neighbours and retrieval by the protocols under which results have been published. */
package dev.avocet.coyo.eval;
