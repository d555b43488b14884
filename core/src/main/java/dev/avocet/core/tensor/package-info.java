// SPDX-License-Identifier: Apache-2.0
/**
 * Shapes, element types and tensors: numbers in memory ({@code HostTensor}) and symbols of a graph ({@code Tensor}).
 */
package dev.avocet.core.tensor;
