// SPDX-License-Identifier: Apache-2.0
// What the Java side hands over: a list of operations, each with the places and sizes it works on.
//
// Every field is 8 bytes wide and the Java side writes them in this order. Sizes are trusted: Java has checked them.
//
// A tensor in memory is rows of floats: all its axes but the last make rows, the last makes columns, and rows lie `stride`
// floats apart. Loads may run past the last column by up to one vector, so arenas and weights end in some slack. Stores may fill
// a row up to the next multiple of 16 columns; results never share those columns with another tensor, except where a kernel says
// that it stores exact columns only.
#ifndef AVOCET_OP_H
#define AVOCET_OP_H

#include <stdint.h>

// What Java calls; everything else is hidden.
#define EXPORT __attribute__((visibility("default")))

// 0: absent. Odd: an offset into the arena, plus 1. Even: an address that outlives the plan (a weight).
typedef uint64_t ref;

struct view {
    ref at;
    int64_t stride;
};

// Axes outside the last one, where a kernel has to count them; shorter shapes are filled with extents of 1.
#define OUTER_AXES 6

enum function { NONE, GELU, GELU_TANH, QUICK_GELU, SWISH, SIGMOID, TANH, RELU };

// What follows a product while it is in the nearest cache: function(y + bias) + residual.
struct epilogue {
    ref bias;
    int64_t function;
    struct view residual;
};

// y [rows, outputs] = x [rows, inputs] . weight, packed; gate [rows / rows_per_gate, inputs] multiplies x first where present.
struct linear {
    struct view x, y;
    ref weight;
    struct epilogue epilogue;
    int64_t rows, inputs, outputs;
    struct view gate;
    int64_t rows_per_gate;
};

// Rows of an activation as the packed weight of a linear operation.
struct pack {
    struct view x;
    ref packed;
    int64_t outputs, inputs;
};

// Pictures [batch, height, width, channels] to [batch, out_height, out_width, outputs]. The weight of a full convolution is packed
// from [outputs, kernel_height, kernel_width, channels]; that of a depthwise one is [kernel_height * kernel_width, channels
// rounded up to 16].
// A depthwise one may have an expansion before it: x has its inputs, and `channels` are its outputs.
struct expansion {
    ref weight, bias; // packed, as in a linear operation; absent: there is none
    int64_t function, inputs;
};

struct convolution {
    struct view x, y;
    ref weight;
    struct epilogue epilogue;
    int64_t batch, height, width, channels;
    int64_t out_height, out_width, outputs;
    int64_t kernel_height, kernel_width, stride, top, left;
    struct expansion expansion;
};

// q, k, v [batch * tokens, heads * depth]; mask [batch, tokens] or absent; probabilities [batch * heads * tokens, tokens] or absent.
// Exact columns only. A packed one has no probabilities, and in place of the mask the number of each token's text: neighbours with
// the same number are a text, and see nothing else.
struct attention {
    struct view q, k, v, context, probabilities;
    ref mask;
    int64_t batch, tokens, heads, depth;
    double scale;
};

// Layer norm, softmax and L2 norm of each row; weight and bias only for the first.
struct norm {
    struct view x, y;
    ref weight, bias;
    int64_t rows, columns;
    double epsilon;
};

struct embedding {
    ref ids;
    struct view table, y;
    int64_t rows, columns;
};

struct elementwise {
    struct view x, y;
    int64_t rows, columns;
    int64_t function;
    double factor;
};

// y = x + b or x * b. A row of x counts through `extent` (innermost last); b moves by `step` floats along each of these axes, 0 where
// it is repeated, and by `b_column_step` (0 or 1) along the columns.
struct broadcast {
    struct view x, y;
    ref b;
    int64_t rows, columns;
    int64_t extent[OUTER_AXES], step[OUTER_AXES];
    int64_t b_column_step;
};

// Mean and maximum over the pixels of [batch, pixels, channels].
struct pool {
    struct view x, y;
    int64_t batch, pixels, channels;
};

// Pictures [batch, channels, height, width], rows of width floats, to patches [batch * down * across, channels * size * size].
struct patchify {
    struct view x, y;
    int64_t batch, channels, height, down, across, patch_height, patch_width;
};

// Rows of x to rows of y, both counted through `extent` (innermost last); each steps by floats, 0 where x is repeated, along the
// columns too. Exact columns only.
struct copy {
    ref x, y;
    int64_t columns, x_column_step;
    int64_t extent[OUTER_AXES], x_step[OUTER_AXES], y_step[OUTER_AXES];
};

// x [rows, columns] to y [columns, rows], for each of outer[0] * outer[1] pairs of matrices. Exact columns only.
struct transpose {
    struct view x, y;
    int64_t rows, columns;
    int64_t outer[2], x_step[2], y_step[2];
};

// The same elements in C order with other columns. Exact columns only.
struct reshape {
    struct view x, y;
    int64_t x_columns, y_columns, elements;
};

enum kernel {
    LINEAR, PACK, CONVOLUTION, DEPTHWISE, ATTENTION, PACKED_ATTENTION, LAYER_NORM, SOFTMAX, L2_NORMALIZE, EMBEDDING, ACTIVATE, SCALE, ADD, MULTIPLY,
    MEAN, MAXIMUM, PATCHIFY, COPY, TRANSPOSE, RESHAPE, KERNELS
};

// One step of a plan. Its work is cut into `units` that can be done in any order and by any thread; a thread takes at least `least`
// of them at a time. `start` is the number of units of all steps before it, `threads` how many there are to work on it, and `cut` the
// kernel's own note of how the work is cut. Results don't depend on any of these.
struct op {
    int64_t kernel, units, least, start, threads, cut;
    union {
        struct linear linear;
        struct pack pack;
        struct convolution convolution;
        struct attention attention;
        struct norm norm;
        struct embedding embedding;
        struct elementwise elementwise;
        struct broadcast broadcast;
        struct pool pool;
        struct patchify patchify;
        struct copy copy;
        struct transpose transpose;
        struct reshape reshape;
        int64_t words[34];
    };
};

// Where one thread works: the arena that odd refs count from, and memory of its own.
struct workplace {
    char *arena;
    float *scratch;
};

static inline float *at(const struct workplace *place, ref r) {
    return (float *)(r & 1 ? place->arena + (r - 1) : (char *)r);
}

// A kernel says how its work is cut and how much scratch memory (in floats) a thread needs, and does some of it.
struct kernel_functions {
    int64_t (*plan)(struct op *op);
    void (*run)(const struct op *op, const struct workplace *place, int64_t from, int64_t to);
};

// The floats between rows of this many columns: a multiple of 16, and such that the rows of a register tile spread over the cache.
int64_t avocet_row_stride(int64_t columns);

#define KERNEL(name)                                                                                                                   \
    int64_t name##_plan(struct op *op);                                                                                                \
    void name##_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to)

KERNEL(linear);
KERNEL(pack);
KERNEL(convolution);
KERNEL(depthwise);
KERNEL(attention);
KERNEL(packed_attention);
KERNEL(layer_norm);
KERNEL(softmax);
KERNEL(l2_normalize);
KERNEL(embedding);
KERNEL(activate);
KERNEL(scale);
KERNEL(add);
KERNEL(multiply);
KERNEL(mean);
KERNEL(maximum);
KERNEL(patchify);
KERNEL(copy);
KERNEL(transpose);
KERNEL(reshape);

#endif
