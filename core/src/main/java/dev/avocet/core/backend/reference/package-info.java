// SPDX-License-Identifier: Apache-2.0
/** The oracle: every operation in plain Java, summed in float64; also the last resort where no native library loads. */
package dev.avocet.core.backend.reference;
