// SPDX-License-Identifier: Apache-2.0
/**
 * Where graphs run: the device that an application opens, the plans it runs, and the interfaces that a backend
 * implements.
 */
package dev.avocet.core.backend;
