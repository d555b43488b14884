// SPDX-License-Identifier: Apache-2.0
// Runs every kernel over awkward sizes with each operand in memory of its own and exactly as large as op.h allows it to be touched,
// so that a sanitizer sees every access outside. Values are tested from Java.
#include "run.h"
#include "vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t avocet_plan(struct op *ops, int64_t count, int64_t threads);
int64_t avocet_device_bytes(int64_t slots);
int64_t avocet_open(struct device *device, int64_t slot);
int64_t avocet_run(struct device *device, int64_t slot, int64_t spins);
int64_t avocet_close(struct device *device, int64_t slot);
int64_t avocet_pack(float *packed, const float *rows, int64_t from, int64_t count, int64_t inputs);
int64_t avocet_panel(void);
int64_t avocet_tiers(void);

// ------------------------------------------------------------------------------------------------ sizes

static const int64_t sizes[] = {1, 3, 4, 5, 7, 8, 13, 15, 16, 17, 31, 33, 100, 207, 257};
enum { SIZES = sizeof sizes / sizeof *sizes };

static uint64_t state = 1;

static int64_t any(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return sizes[(state >> 33) % SIZES];
}

static int64_t below(int64_t bound) {
    any();
    return (int64_t)((state >> 33) % (uint64_t)bound);
}

// ------------------------------------------------------------------------------------------------ operands

static void *allocated[64];
static int allocations;

static float *floats(int64_t count) {
    float *memory = aligned_alloc(64, (size_t)parts(count * 4, 64) * 64);
    for (int64_t i = 0; i < parts(count * 4, 64) * 16; i++) memory[i] = (float)(i * 7 % 23) * 0.1f - 1;
    allocated[allocations++] = memory;
    return memory;
}

// Rows that begin at an offset into wider ones, as slices do, and end in no more slack than is promised.
static struct view slice(int64_t rows, int64_t columns, int64_t offset) {
    const int64_t stride = avocet_row_stride(columns + offset);
    float *memory = floats(rows ? (rows - 1) * stride + offset + columns + 16 : 16);
    return (struct view){(ref)(uintptr_t)(memory + offset), stride};
}

static struct view whole(int64_t rows, int64_t columns) {
    const int64_t stride = avocet_row_stride(columns);
    return (struct view){(ref)(uintptr_t)floats(rows * stride), stride};
}

static ref weight(int64_t outputs, int64_t inputs) {
    const int64_t panel = avocet_panel();
    float *packed = floats(parts(outputs, panel / 2) * (panel / 2) * inputs), *rows = floats(outputs * inputs);
    for (int64_t n = 0; n < outputs; n += panel) avocet_pack(packed, rows + n * inputs, n, least(panel, outputs - n), inputs);
    return (ref)(uintptr_t)packed;
}

static ref vector(int64_t count) { return (ref)(uintptr_t)floats(count + 64); }

// Runs one operation as a job of one thread, then frees its operands.
static void run(struct op op) {
    struct device *device = aligned_alloc(64, (size_t)avocet_device_bytes(1));
    memset(device, 0, (size_t)avocet_device_bytes(1));
    device->threads = 1;
    device->slots = 1;
    struct job *job = &device->job[0];
    job->scratch_bytes = avocet_plan(&op, 1, 1 + below(4));
    job->ops = &op;
    job->count = 1;
    job->units = op.units;
    job->scratch = aligned_alloc(64, (size_t)job->scratch_bytes);
    job->clock = below(2) ? calloc(1, sizeof *job->clock + sizeof(struct lap)) : NULL;
    avocet_open(device, 0);
    while (avocet_run(device, 0, 1000)) {}
    avocet_close(device, 0);
    free(job->scratch);
    free(job->clock);
    free(device);
    while (allocations) free(allocated[--allocations]);
}

// ------------------------------------------------------------------------------------------------ kernels

static struct epilogue epilogue(int64_t rows, int64_t columns) {
    return (struct epilogue){below(2) ? vector(columns) : 0, below(RELU + 1), below(2) ? slice(rows, columns, 3) : (struct view){0, 0}};
}

static void products(void) {
    const int64_t rows = any(), inputs = below(4) ? any() : 600, outputs = any(), gates = below(2);
    run((struct op){.kernel = LINEAR,
                    .linear = {slice(rows, inputs, below(20)), whole(rows, outputs), weight(outputs, inputs),
                               epilogue(rows, outputs), rows, inputs, outputs,
                               gates ? slice(rows, inputs, 0) : (struct view){0, 0}, 1}});
    run((struct op){.kernel = PACK,
                    .pack = {slice(outputs, inputs, 5),
                             (ref)(uintptr_t)floats(parts(outputs, avocet_panel() / 2) * (avocet_panel() / 2) * inputs), outputs, inputs}});
}

static void convolutions(void) {
    const int64_t kernel = 1 + below(7), stride = 1 + below(3), height = kernel + below(20), width = kernel + below(20);
    const int64_t top = below(kernel + 1) - 1, left = below(kernel + 1) - 1, batch = 1 + below(2), channels = any(), outputs = any();
    struct convolution c = {.batch = batch, .height = height, .width = width, .channels = channels,
                            .out_height = (height + top + below(kernel) - kernel) / stride + 1,
                            .out_width = (width + left + below(kernel) - kernel) / stride + 1, .outputs = channels,
                            .kernel_height = kernel, .kernel_width = kernel, .stride = stride, .top = top, .left = left};
    const int64_t results = batch * c.out_height * c.out_width;
    for (int expanded = 0; expanded < 2; expanded++) {
        const int64_t inputs = !expanded ? channels : below(4) ? any() : 600;
        if (expanded) c.expansion = (struct expansion){weight(channels, inputs), below(2) ? vector(channels) : 0, below(RELU + 1), inputs};
        c.x = slice(batch * height * width, inputs, below(9));
        c.y = whole(results, channels);
        c.weight = (ref)(uintptr_t)floats(kernel * kernel * parts(channels, 16) * 16);
        c.epilogue = epilogue(results, channels);
        run((struct op){.kernel = DEPTHWISE, .convolution = c});
    }
    c.expansion = (struct expansion){0};
    c.outputs = outputs;
    c.x = slice(batch * height * width, channels, below(9));
    c.y = whole(results, outputs);
    c.weight = weight(outputs, kernel * kernel * channels);
    c.epilogue = epilogue(results, outputs);
    run((struct op){.kernel = CONVOLUTION, .convolution = c});
}

static void attentions(void) {
    const int64_t batch = 1 + below(2), tokens = any(), heads = 1 + below(4), depth = below(3) ? any() : 64, width = heads * depth;
    int32_t *mask = (int32_t *)floats(batch * tokens);
    for (int64_t i = 0; i < batch * tokens; i++) mask[i] = (int32_t)below(2);
    run((struct op){.kernel = ATTENTION,
                    .attention = {slice(batch * tokens, width, 7), slice(batch * tokens, width, width), slice(batch * tokens, width, 0),
                                  whole(batch * tokens, width),
                                  below(2) ? whole(batch * heads * tokens, tokens) : (struct view){0, 0},
                                  below(2) ? (ref)(uintptr_t)mask : 0, batch, tokens, heads, depth, 0.125}});
}

static void rows_and_elements(void) {
    const int64_t rows = any(), columns = any(), offset = below(20);
    for (int64_t kernel = LAYER_NORM; kernel <= L2_NORMALIZE; kernel++)
        run((struct op){.kernel = kernel,
                        .norm = {slice(rows, columns, offset), whole(rows, columns), vector(columns), vector(columns), rows, columns, 1e-6}});
    for (int64_t kernel = ACTIVATE; kernel <= SCALE; kernel++)
        run((struct op){.kernel = kernel,
                        .elementwise = {slice(rows, columns, offset), whole(rows, columns), rows, columns, below(RELU + 1), 0.5}});
    for (int64_t kernel = ADD; kernel <= MULTIPLY; kernel++) {
        const struct view b = slice(1, columns, offset);
        run((struct op){.kernel = kernel,
                        .broadcast = {slice(rows, columns, offset), whole(rows, columns), b.at, rows, columns,
                                      {1, 1, 1, 1, 1, rows}, {0}, below(2)}});
    }
    const int64_t batch = 1 + below(3);
    for (int64_t kernel = MEAN; kernel <= MAXIMUM; kernel++)
        run((struct op){.kernel = kernel, .pool = {slice(batch * rows, columns, offset), whole(batch, columns), batch, rows, columns}});
}

static void moves(void) {
    const int64_t batch = 1 + below(3), rows = any(), columns = any();
    int32_t *ids = (int32_t *)floats(rows);
    for (int64_t i = 0; i < rows; i++) ids[i] = (int32_t)below(9);
    run((struct op){.kernel = EMBEDDING,
                    .embedding = {(ref)(uintptr_t)ids, slice(9, columns, 0), whole(rows, columns), rows, columns}});
    const struct view from = slice(rows, columns, 3), to = slice(rows, columns, 1);
    run((struct op){.kernel = COPY,
                    .copy = {from.at, to.at, columns, below(2), {1, 1, 1, 1, 1, rows}, {0, 0, 0, 0, 0, from.stride},
                             {0, 0, 0, 0, 0, to.stride}}});
    const struct view x = slice(batch * rows, columns, 2), y = slice(batch * columns, rows, 0);
    run((struct op){.kernel = TRANSPOSE,
                    .transpose = {x, y, rows, columns, {1, batch}, {0, rows * x.stride}, {0, columns * y.stride}}});
    run((struct op){.kernel = RESHAPE,
                    .reshape = {slice(rows, columns, 1), slice(columns, rows, 1), columns, rows, rows * columns}});
    const int64_t size = 1 + below(6), down = 1 + below(4), across = 1 + below(4), channels = 1 + below(3);
    run((struct op){.kernel = PATCHIFY,
                    .patchify = {slice(batch * channels * (down * size + 1), across * size + 1, 0),
                                 slice(batch * down * across, channels * size * size, 0), batch, channels, down * size + 1, down,
                                 across, size, size}});
}

// Usage: harness TIER-BIT ROUNDS.
int main(int count, char **arguments) {
    if (count != 3) return 2;
    if (!(avocet_tiers() & atoi(arguments[1]))) {
        printf("this machine does not have the tier\n");
        return 0;
    }
    for (int i = 0; i < atoi(arguments[2]); i++) {
        products();
        convolutions();
        attentions();
        rows_and_elements();
        moves();
    }
    printf("%s rounds, nothing found\n", arguments[2]);
    return 0;
}
