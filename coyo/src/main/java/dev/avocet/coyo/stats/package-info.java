// SPDX-License-Identifier: Apache-2.0
/** What the columns of a data set hold, beside what is published of COYO. */
package dev.avocet.coyo.stats;
