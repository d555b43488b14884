// SPDX-License-Identifier: Apache-2.0
/** What runs on any Java that Spark does, to say in one line where it is too old for Avocet. */
package dev.avocet.spark.launch;
