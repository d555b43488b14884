// SPDX-License-Identifier: Apache-2.0
// Products y = x . w^T with packed weights, from three loops to what ships: bench/lab/run.sh gemm
//
// version    | idea                                                  | 577x1024x1024 | 64x768x2304 | 361x1344x224
//  1         | three loops, weights as they lie in a checkpoint      |           2 % |         2 % |          2 %
//  2         | weights in panels: a vector of outputs per load       |          25 % |        25 % |         25 %
//  3         | a tile of the result in registers                     |          91 % |        84 % |         95 %
//  4         | sums in blocks of 256, panels in groups               |          90 % |        86 % |         93 %
//  5         | the next weights asked for meanwhile, at each input   |          90 % |        85 % |         93 %
// production | sums held in their registers, requests every 4 inputs |          92 % |        91 % |         94 %
//
// Share of the peak of the same run, one thread: tier v3, AMD EPYC (Zen 3, 2 processors of a shared machine, 103 GFLOP/s),
// gcc 12.2, 2026-11-24. Runs on this machine differ by a few points: only the distance of production at 64 rows is larger than that.
// Blocks are not faster here; they fix the order of sums, and keep errors small.
//
// The same on tier v4: AMD EPYC (Zen 4, 2 processors of a shared machine, 118 GFLOP/s), gcc 12.2, 2026-11-28:
// 2: 48 | 47 | 48 %, 3: 94 | 96 | 95 %, 4: 93 | 95 | 94 %, 5: 97 | 98 | 98 %, production: 96 | 97 | 98 %.
//
// Here weights lie in the last cache, in a model in memory. A block's share for each of few tiles is more than a line of the cache for
// each step of the sum; asked for at one place in a step, lines were left out. At two places the products of BERT, 64 rows, went from
// 82 to 89 % of peak (two threads, whole runs 62.6 to 56.5 ms, interleaved). No gain there: groups of one panel where rows are few, and
// asking for the panel after the last one claimed.
#include "gemm.h"

struct sizes {
    int64_t rows, inputs, outputs;
};

struct operands {
    const float *x, *w, *packed;
    float *y;
    int64_t x_stride, y_stride;
};

#include "lab.h"

int64_t avocet_pack(float *packed, const float *rows, int64_t from, int64_t count, int64_t inputs);

// ------------------------------------------------------------------------------------------------ the versions

static void three_loops(const struct sizes *s, const struct operands *o) {
    for (int64_t i = 0; i < s->rows; i++)
        for (int64_t n = 0; n < s->outputs; n++) {
            float sum = 0;
            for (int64_t k = 0; k < s->inputs; k++) sum += o->x[i * o->x_stride + k] * o->w[n * s->inputs + k];
            o->y[i * o->y_stride + n] = sum;
        }
}

static void panels_by_row(const struct sizes *s, const struct operands *o) {
    for (int64_t panel = 0; panel < panels(s->outputs); panel++) {
        const int64_t vectors = panel_vectors(s->outputs, panel);
        for (int64_t i = 0; i < s->rows; i++) {
            const float *b = o->packed + panel * PANEL * s->inputs;
            vec sum[2] = {zero(), zero()};
            for (int64_t k = 0; k < s->inputs; k++, b += vectors * LANES) {
                const vec x = splat(o->x[i * o->x_stride + k]);
                for (int64_t j = 0; j < vectors; j++) sum[j] = mul_add(x, load(b + j * LANES), sum[j]);
            }
            for (int64_t j = 0; j < vectors; j++) store(o->y + i * o->y_stride + panel * PANEL + j * LANES, sum[j]);
        }
    }
}

// As many rows as given times two vectors; the compiler decides where the sums are.
INLINE void plain_tile(const int rows, const int requests, const struct tile *t) {
    const float *a = t->a, *b = t->b;
    const char *ahead = t->ahead;
    vec sum[TILE_ROWS][2];
    UNROLL for (int i = 0; i < rows; i++) sum[i][0] = sum[i][1] = zero();
    for (int64_t k = t->depth; k > 0; k--, a++, b += PANEL) {
        if (requests) prefetch_far(ahead);
        ahead += t->ahead_step;
        const vec w[2] = {load(b), load(b + LANES)};
        UNROLL for (int i = 0; i < rows; i++) {
            const vec x = splat(a[i * t->a_stride]);
            UNROLL for (int j = 0; j < 2; j++) sum[i][j] = mul_add(x, w[j], sum[i][j]);
        }
    }
    UNROLL for (int i = 0; i < rows; i++)
        UNROLL for (int j = 0; j < 2; j++) {
            float *to = t->c + i * t->c_stride + j * LANES;
            store(to, t->add ? load(to) + sum[i][j] : sum[i][j]);
        }
}

static void full_tile(const struct tile *t) { plain_tile(TILE_ROWS, 0, t); }
static void full_tile_asking(const struct tile *t) { plain_tile(TILE_ROWS, 1, t); }

// Rows that fill no tile and panels of one vector go through the production tile: their share is small, and the story is another.
static void run_tiles(const struct sizes *s, const struct operands *o, int64_t block, void (*full)(const struct tile *t)) {
    const int64_t group = 8; // panels that stay in the second-level cache
    for (int64_t p0 = 0; p0 < panels(s->outputs); p0 += group)
        for (int64_t from = 0; from < s->inputs; from += block)
            for (int64_t row = 0; row < s->rows; row += TILE_ROWS)
                for (int64_t panel = p0; panel < least(p0 + group, panels(s->outputs)); panel++) {
                    const int64_t rows = least(TILE_ROWS, s->rows - row), vectors = panel_vectors(s->outputs, panel);
                    const int64_t depth = least(block, s->inputs - from);
                    const float *b = o->packed + panel * PANEL * s->inputs + from * vectors * LANES;
                    const struct tile t = {
                        .a = o->x + row * o->x_stride + from,
                        .a_stride = o->x_stride,
                        .b = b,
                        .depth = depth,
                        .c = o->y + row * o->y_stride + panel * PANEL,
                        .c_stride = o->y_stride,
                        .add = from > 0,
                        .ahead = (const char *)(b + depth * vectors * LANES),
                        .ahead_step = 4,
                    };
                    if (rows == TILE_ROWS && vectors == 2) full(&t);
                    else tile_run(rows, vectors, &t);
                }
}

static void register_tile(const struct sizes *s, const struct operands *o) { run_tiles(s, o, s->inputs, full_tile); }
static void blocks(const struct sizes *s, const struct operands *o) { run_tiles(s, o, BLOCK, full_tile); }
static void asking_ahead(const struct sizes *s, const struct operands *o) { run_tiles(s, o, BLOCK, full_tile_asking); }

static void production(const struct sizes *s, const struct operands *o) {
    struct op op = {.kernel = LINEAR, .threads = 1};
    op.linear = (struct linear){
        .x = {(ref)(uintptr_t)o->x, o->x_stride},
        .y = {(ref)(uintptr_t)o->y, o->y_stride},
        .weight = (ref)(uintptr_t)o->packed,
        .rows = s->rows,
        .inputs = s->inputs,
        .outputs = s->outputs,
    };
    run_production(&op, (struct kernel_functions){linear_plan, linear_run});
}

// ------------------------------------------------------------------------------------------------ operands and validation

static struct operands operands_of(const struct sizes *s) {
    struct operands o = {.x_stride = avocet_row_stride(s->inputs), .y_stride = avocet_row_stride(s->outputs)};
    float *packed = floats(packed_floats(s->outputs, s->inputs) + PANEL * BLOCK);
    o.x = floats(s->rows * o.x_stride);
    o.w = floats(s->outputs * s->inputs);
    o.y = floats(s->rows * o.y_stride);
    avocet_pack(packed, o.w, 0, s->outputs, s->inputs);
    o.packed = packed;
    return o;
}

static void release(const struct operands *o) {
    free((void *)o->x);
    free((void *)o->w);
    free((void *)o->packed);
    free(o->y);
}

static double error_of(const struct sizes *s, const struct operands *o) {
    double worst = 0;
    for (int64_t i = 0; i < s->rows; i++)
        for (int64_t n = 0; n < s->outputs; n++) {
            double sum = 0, size = 0;
            for (int64_t k = 0; k < s->inputs; k++) {
                const double product = (double)o->x[i * o->x_stride + k] * o->w[n * s->inputs + k];
                sum += product;
                size += fabs(product);
            }
            worst = worse(fabs(o->y[i * o->y_stride + n] - sum) / (size * (double)(s->inputs + 1) * 0x1p-24 + 1e-30), worst);
        }
    return worst;
}

static double flop_of(const struct sizes *s) { return 2.0 * (double)(s->rows * s->inputs * s->outputs); }
static void print_sizes(const struct sizes *s) { printf("%ldx%ldx%ld", s->rows, s->inputs, s->outputs); }

int main(void) {
    static const struct idea ideas[] = {
        {"1 three loops", three_loops},
        {"2 panels", panels_by_row},
        {"3 register tile", register_tile},
        {"4 blocks of 256", blocks},
        {"5 asking ahead", asking_ahead},
        {"production", production},
    };
    static const int64_t sizes[] = {1, 13, 207, 577};
    static struct sizes awkward[4 * 4 * 3];
    for (int i = 0; i < COUNT(awkward); i++) awkward[i] = (struct sizes){sizes[i % 4], sizes[i / 4 % 4], sizes[i / 16]};
    static const struct sizes timed[] = {{577, 1024, 1024}, {64, 768, 2304}, {361, 1344, 224}};
    return run_lab(&(struct lab){ideas, awkward, timed, COUNT(ideas), COUNT(awkward), COUNT(timed)});
}
