// SPDX-License-Identifier: Apache-2.0
//
// A finished graph of cuDNN's backend interface: what the descriptors of dnn.cc describe and dnn_graph.cc runs.
#pragma once

#include "numbers.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dnn {

// Those of cudnnStatus_t that the library gives.
enum status {
    SUCCESS = 0,
    NOT_INITIALIZED = 1001,
    BAD_PARAM = 2000,
    NULL_POINTER = 2002,
    MISALIGNED_POINTER = 2003,
    NOT_FINALIZED = 2004,
    OUT_OF_BOUND = 2005,
    SIZE_INSUFFICIENT = 2006,
    SHAPE_MISMATCH = 2008,
    DUPLICATED_ENTRIES = 2009,
    ATTRIBUTE_TYPE = 2010,
    DESCRIPTOR_TYPE = 2012,
    NOT_SUPPORTED = 3000,
    UNSUPPORTED_PATTERN = 3001,
    UNSUPPORTED_SHAPE = 3002,
    UNSUPPORTED_TYPE = 3003,
    UNSUPPORTED_LAYOUT = 3004,
    EXECUTION_FAILED = 5000,
};

enum type { FLOAT = 0, HALF = 2, BFLOAT16 = 9, BOOLEAN = 11 };

// A status, and why.
struct verdict {
    int status = SUCCESS;
    std::string why;
};

struct tensor {
    int type;
    std::vector<int64_t> dims, strides;
    int64_t id, alignment;
    bool is_virtual, is_by_value;

    size_t elements() const;
    sim::kind kind() const;
};

enum class act { MATMUL, CONVOLUTION, POINTWISE, REDUCTION };

struct operation {
    act kind;
    int mode = 0;                               // of a pointwise operation or a reduction
    double lower = 0, upper = 0, slope = 0;     // of a RELU
    double beta = 1;                            // of a SWISH
    double factors[2] = {1, 1};                 // of the inputs of a pointwise operation; of a convolution's sum and y
    std::vector<int64_t> before, after, steps, dilations; // of a convolution
    bool is_flipped = false;
    std::vector<std::shared_ptr<const tensor>> inputs;
    std::shared_ptr<const tensor> output;

    // How many inputs a pointwise mode has; 0 where it is not known.
    static int inputs_of(int mode);

    // Whether the shapes and types fit each other.
    verdict check() const;
};

struct graph {
    std::vector<std::shared_ptr<const operation>> operations; // each after those whose results it reads

    // Puts the operations in order.
    verdict finish();

    // Whether a device of that compute capability has engines for the graph.
    verdict supported(int capability) const;

    // The tensors in memory.
    std::map<int64_t, std::shared_ptr<const tensor>> operands() const;

    bool is_attention() const;

    bool is_float() const;
};

// A way to run a graph. Each sums in another order.
struct engine {
    std::shared_ptr<const graph> what;
    int64_t index;

    int64_t workspace() const { return index == 0 ? 1 << 16 : 0; }

    // Whether products of floats are of floats rounded to TF32.
    bool has_tensor_cores() const;

    static int64_t count(const graph &g);
};

// Where the operands are: an address on the device, or the number itself.
struct operand {
    unsigned long long address;
    float number;
};

// A graph, ready to run in a stream.
struct job {
    std::shared_ptr<const engine> how;
    std::map<int64_t, operand> operands;
    unsigned long long workspace;

    void run() const;
};

} // namespace dnn
