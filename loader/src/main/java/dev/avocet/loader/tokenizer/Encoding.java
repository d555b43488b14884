// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import dev.avocet.core.tensor.HostTensor;

/**
 * A batch of texts as BERT takes it: I32 tensors of shape [B,S], under the names that transformers has for them.
 *
 * @param inputIds the token ids, padded to equal length
 * @param attentionMask 1 for a token, 0 for padding
 * @param tokenTypeIds 0 for all tokens of a single text and for padding, unless a tokenizer.json says otherwise
 */
public record Encoding(HostTensor inputIds, HostTensor attentionMask, HostTensor tokenTypeIds) {}
