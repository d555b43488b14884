// SPDX-License-Identifier: Apache-2.0
/** The two small checkpoints that come with Avocet, as folders that a loader can read. */
package dev.avocet.models;
