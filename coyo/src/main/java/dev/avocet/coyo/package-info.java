// SPDX-License-Identifier: Apache-2.0
/** The records of COYO-700M and COYO-Labeled-300M, and what is published of them. */
package dev.avocet.coyo;
