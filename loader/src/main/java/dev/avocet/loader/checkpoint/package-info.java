// SPDX-License-Identifier: Apache-2.0
/**
 * Checkpoints in Hugging Face layout: safetensors files mapped into memory and checked in full, and the JSON files
 * beside them.
 */
package dev.avocet.loader.checkpoint;
