// SPDX-License-Identifier: Apache-2.0
/** The server under more load than it can do. */
package dev.avocet.bench.load;
