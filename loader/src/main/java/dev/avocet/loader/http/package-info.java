// SPDX-License-Identifier: Apache-2.0
/** What the hub client and the picture fetcher have in common: one GET, with bounds on time. Not exported. */
package dev.avocet.loader.http;
