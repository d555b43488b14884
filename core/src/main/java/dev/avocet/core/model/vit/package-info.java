// SPDX-License-Identifier: Apache-2.0
/** The Vision Transformer. */
package dev.avocet.core.model.vit;
