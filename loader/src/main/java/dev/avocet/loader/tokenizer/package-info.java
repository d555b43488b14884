// SPDX-License-Identifier: Apache-2.0
/** Text to token ids, as BERT's WordPiece tokenizers do it: {@link dev.avocet.loader.tokenizer.Tokenizer}. */
package dev.avocet.loader.tokenizer;
