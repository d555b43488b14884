// SPDX-License-Identifier: Apache-2.0
/** Models by their Hugging Face {@code model_type}, one package each. */
package dev.avocet.core.model;
