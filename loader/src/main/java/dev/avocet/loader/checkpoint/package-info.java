// SPDX-License-Identifier: Apache-2.0
/**
 * Checkpoints in Hugging Face layout: files of safetensors or PyTorch mapped into memory and checked in full, and the
 * JSON files beside them.
 */
package dev.avocet.loader.checkpoint;
