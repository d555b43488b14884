// SPDX-License-Identifier: Apache-2.0
/** EfficientNet without its classifier, as ALIGN's vision tower. */
package dev.avocet.core.model.efficientnet;
