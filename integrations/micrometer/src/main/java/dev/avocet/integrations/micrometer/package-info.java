// SPDX-License-Identifier: Apache-2.0
/** Meters of Micrometer for what models do. */
package dev.avocet.integrations.micrometer;
