// SPDX-License-Identifier: Apache-2.0
/** Where the tensors of a graph lie in a device's memory: rows with a stride, in an arena planned by liveness. */
package dev.avocet.core.layout;
