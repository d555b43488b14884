// SPDX-License-Identifier: Apache-2.0
/** Checkpoints of real size with random weights, so that nothing need be downloaded to measure. */
package dev.avocet.bench.checkpoint;
