// SPDX-License-Identifier: Apache-2.0
/** Fetches the pictures that the rows of a data set name, politely and safely. */
package dev.avocet.coyo.fetch;
