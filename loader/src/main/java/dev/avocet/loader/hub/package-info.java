// SPDX-License-Identifier: Apache-2.0
/**
 * Models and data sets of the Hugging Face hub, kept in the cache that Python's huggingface_hub uses, too.
 *
 * <p>{@link dev.avocet.loader.hub.Hub} is where to begin. Nothing is downloaded but what is asked for, and nothing is
 * sent but the requests for it.
 */
package dev.avocet.loader.hub;
