// SPDX-License-Identifier: Apache-2.0
/**
 * Pictures: from files to RGB bytes, and from those to the numbers that a model takes, equal to what Pillow 13 and the
 * Pillow-backed image processors of Hugging Face transformers 5.23 give.
 */
package dev.avocet.loader.image;
