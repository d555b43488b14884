// SPDX-License-Identifier: Apache-2.0
/** What a service embeds: models that take pictures and texts and give labels, scores and embeddings. */
package dev.avocet.pipelines;
