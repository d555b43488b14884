// SPDX-License-Identifier: Apache-2.0
/** The CPU backend: graphs lowered to lists of native kernel calls, which the device's threads work off together. */
package dev.avocet.kernels.cpu;
