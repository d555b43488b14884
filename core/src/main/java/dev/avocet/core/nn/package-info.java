// SPDX-License-Identifier: Apache-2.0
/** Layers: records of weights with a {@code forward} that records operations; and where their weights come from. */
package dev.avocet.core.nn;
