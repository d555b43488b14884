// SPDX-License-Identifier: Apache-2.0
//
// The functions that follow a product; the numbers are those of Lowering.java.
#ifndef AVOCET_ACTIVATION_CUH
#define AVOCET_ACTIVATION_CUH

enum activation { NONE, GELU, GELU_TANH, QUICK_GELU, SWISH, SIGMOID, TANH, RELU };

__device__ inline float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

__device__ inline float activated(float x, int function) {
    switch (function) {
    case GELU: return 0.5f * x * (1.0f + erff(x * 0.70710678118654752f));
    case GELU_TANH: return 0.5f * x * (1.0f + tanhf(0.79788456080286536f * (x + 0.044715f * x * x * x)));
    case QUICK_GELU: return x * sigmoid(1.702f * x);
    case SWISH: return x * sigmoid(x);
    case SIGMOID: return sigmoid(x);
    case TANH: return tanhf(x);
    case RELU: return x > 0.0f ? x : 0.0f;
    default: return x;
    }
}

#endif
