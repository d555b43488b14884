// SPDX-License-Identifier: Apache-2.0
/** A pretrained model's folder as a whole: weights, configuration, tokenizer and preprocessor together. */
package dev.avocet.loader;
