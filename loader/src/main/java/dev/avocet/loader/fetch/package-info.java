// SPDX-License-Identifier: Apache-2.0
/** Fetches what a user or a data set names by URL, within limits. */
package dev.avocet.loader.fetch;
