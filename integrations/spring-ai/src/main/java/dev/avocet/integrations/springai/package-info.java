// SPDX-License-Identifier: Apache-2.0
/** Models as Spring AI's embedding models. */
package dev.avocet.integrations.springai;
