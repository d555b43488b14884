// SPDX-License-Identifier: Apache-2.0
// Attention, from three loops to what ships: bench/lab/run.sh attention
//
// version    | idea                                                     | 577x16x64 | 197x12x64 | 64x12x64
//  1         | three loops, the scores of a head in memory              |       2 % |       2 % |      2 %
//  2         | packed keys and values: both products by register tiles  |      65 % |      64 % |     49 %
//  3         | the scores of one tile at a time                         |      69 % |      65 % |     49 %
//  4         | online softmax in blocks of 256 keys                     |      63 % |      65 % |     47 %
// production | whole rows of scores, 3 tiles of them at a time          |      71 % |      70 % |     61 %
//
// Sizes are tokens x heads x depth: those of ViT-L/16-384, ViT-B/16-224 and BERT-base. Share of the peak of the same run, one thread,
// of the two products alone: tier v3, AMD EPYC (Zen 3, 2 processors of a shared machine, 103 GFLOP/s), gcc 12.2, 2026-11-24.
// Online softmax saves a pass over scores that are in L2 anyway, and pays with scaling what is there: it would help where rows
// are too long for L2. Whole rows also have one order of sums, whatever lies beside them.
#include "gemm.h"
#include "softmax.h"

struct sizes {
    int64_t tokens, heads, depth;
};

// Queries, keys and values as one product makes them, [tokens][stride] with the three side by side; `bound` as softmax_row wants it.
// What else a head needs: its packed keys and values, scores [tokens][score_stride], and sums of their exponentials.
struct operands {
    const float *q, *k, *v, *bound;
    float *y, *keys, *values, *scores, *scratch;
    int64_t stride, y_stride, score_stride;
};

#include "lab.h"

static float scale_of(const struct sizes *s) { return 1 / sqrtf((float)s->depth); }

// ------------------------------------------------------------------------------------------------ the versions

static void three_loops(const struct sizes *s, const struct operands *o) {
    for (int64_t head = 0; head < s->heads * s->depth; head += s->depth) {
        for (int64_t i = 0; i < s->tokens; i++)
            for (int64_t j = 0; j < s->tokens; j++) {
                float sum = 0;
                for (int64_t d = head; d < head + s->depth; d++) sum += o->q[i * o->stride + d] * o->k[j * o->stride + d];
                o->scores[i * o->score_stride + j] = sum * scale_of(s);
            }
        for (int64_t i = 0; i < s->tokens; i++) {
            float *row = o->scores + i * o->score_stride, max = row[0], sum = 0;
            for (int64_t j = 1; j < s->tokens; j++) max = row[j] > max ? row[j] : max;
            for (int64_t j = 0; j < s->tokens; j++) sum += row[j] = expf(row[j] - max);
            for (int64_t j = 0; j < s->tokens; j++) row[j] /= sum;
        }
        for (int64_t i = 0; i < s->tokens; i++)
            for (int64_t d = head; d < head + s->depth; d++) {
                float sum = 0;
                for (int64_t j = 0; j < s->tokens; j++) sum += o->scores[i * o->score_stride + j] * o->v[j * o->stride + d];
                o->y[i * o->y_stride + d] = sum;
            }
    }
}

// Keys as the panels of a weight [tokens, depth], values as those of [depth, tokens].
static void pack_head(const struct sizes *s, const struct operands *o, int64_t head) {
    for (int64_t key = 0; key < s->tokens; key += PANEL)
        pack_panel(o->keys + key * s->depth, o->k + key * o->stride + head, o->stride, least(PANEL, s->tokens - key), s->depth);
    for (int64_t d = 0; d < s->depth; d += PANEL) {
        float *to = o->values + d * s->tokens;
        for (int64_t key = 0; key < s->tokens; key++)
            for (int64_t lane = 0; lane < least(PANEL, parts(s->depth - d, LANES) * LANES); lane += LANES, to += LANES)
                store(to, load(o->v + key * o->stride + head + d + lane));
    }
}

// c [rows, columns] = or += a [rows, from to end] . packed [inputs][columns]
static void multiply(const float *a, int64_t a_stride, const float *packed, int64_t inputs, int64_t from, int64_t end, float *c,
                     int64_t c_stride, int64_t rows, int64_t columns, int64_t add) {
    for (int64_t start = from; start < end; start += BLOCK)
        for (int64_t panel = 0; panel < panels(columns); panel++)
            for (int64_t row = 0; row < rows; row += TILE_ROWS) {
                const int64_t vectors = panel_vectors(columns, panel);
                tile_run(least(TILE_ROWS, rows - row), vectors, &(struct tile){
                    .a = a + row * a_stride + start - from,
                    .a_stride = a_stride,
                    .b = packed + panel * PANEL * inputs + start * vectors * LANES,
                    .depth = least(BLOCK, end - start),
                    .c = c + row * c_stride + panel * PANEL,
                    .c_stride = c_stride,
                    .add = add || start > from,
                    .ahead = (const char *)packed,
                });
            }
}

static void write_row(const struct sizes *s, const struct operands *o, const float *context, float sum, int64_t row, int64_t head) {
    const float share = 1 / sum;
    for (int64_t d = 0; d < s->depth; d++) o->y[row * o->y_stride + head + d] = context[d] * share;
}

static int64_t context_stride(const struct sizes *s) { return parts(s->depth, LANES) * LANES; }

// Some rows at a time: all their scores, the softmax of each, and what the values make of them.
static void whole_rows(const struct sizes *s, const struct operands *o, int64_t at_once) {
    const int64_t whole = parts(s->tokens, LANES) * LANES;
    for (int64_t head = 0; head < s->heads * s->depth; head += s->depth) {
        pack_head(s, o, head);
        for (int64_t row = 0; row < s->tokens; row += at_once) {
            const int64_t rows = least(at_once, s->tokens - row);
            float *sums = o->scratch, *context = sums + parts(s->tokens, 16) * 16;
            multiply(o->q + row * o->stride + head, o->stride, o->keys, s->depth, 0, s->depth, o->scores, o->score_stride, rows, s->tokens, 0);
            for (int64_t i = 0; i < rows; i++) {
                float *x = o->scores + i * o->score_stride;
                sums[i] = softmax_row(x, o->bound, s->tokens / LANES * LANES, scale_of(s), whole, x);
            }
            multiply(o->scores, o->score_stride, o->values, s->tokens, 0, s->tokens, context, context_stride(s), rows, s->depth, 0);
            for (int64_t i = 0; i < rows; i++) write_row(s, o, context + i * context_stride(s), sums[i], row + i, head);
        }
    }
}

static void scores_of_a_head(const struct sizes *s, const struct operands *o) { whole_rows(s, o, s->tokens); }
static void scores_of_a_tile(const struct sizes *s, const struct operands *o) { whole_rows(s, o, TILE_ROWS); }

// Blocks of keys: what came before is scaled whenever a larger score turns up.
static void online_softmax(const struct sizes *s, const struct operands *o) {
    for (int64_t head = 0; head < s->heads * s->depth; head += s->depth) {
        pack_head(s, o, head);
        for (int64_t row = 0; row < s->tokens; row += 3 * TILE_ROWS) {
            const int64_t rows = least(3 * TILE_ROWS, s->tokens - row);
            float max[3 * TILE_ROWS], sum[3 * TILE_ROWS], *context = o->scratch;
            for (int64_t from = 0; from < s->tokens; from += BLOCK) {
                const int64_t keys = least(BLOCK, s->tokens - from), whole = parts(keys, LANES) * LANES;
                multiply(o->q + row * o->stride + head, o->stride, o->keys + from * s->depth, s->depth, 0, s->depth, o->scores,
                         o->score_stride, rows, keys, 0);
                for (int64_t i = 0; i < rows; i++) {
                    float *x = o->scores + i * o->score_stride;
                    const vec all = splat(-__builtin_inff());
                    float largest = max_of(largest_of(x, o->bound + from, scale_of(s), 0, whole, all)), scaled = 0;
                    if (from > 0) {
                        largest = largest > max[i] ? largest : max[i];
                        scaled = expf(max[i] - largest);
                        for (int64_t d = 0; d < s->depth; d++) context[i * context_stride(s) + d] *= scaled;
                    }
                    max[i] = largest;
                    const float more = sum_of(exponentials(x, o->bound + from, scale_of(s), splat(largest), 0, whole, x, zero()));
                    sum[i] = from > 0 ? sum[i] * scaled + more : more;
                }
                multiply(o->scores, o->score_stride, o->values, s->tokens, from, from + keys, context, context_stride(s), rows, s->depth,
                         from > 0);
            }
            for (int64_t i = 0; i < rows; i++) write_row(s, o, context + i * context_stride(s), sum[i], row + i, head);
        }
    }
}

static void production(const struct sizes *s, const struct operands *o) {
    struct op op = {.kernel = ATTENTION, .threads = 1};
    op.attention = (struct attention){
        .q = {(ref)(uintptr_t)o->q, o->stride},
        .k = {(ref)(uintptr_t)o->k, o->stride},
        .v = {(ref)(uintptr_t)o->v, o->stride},
        .context = {(ref)(uintptr_t)o->y, o->y_stride},
        .batch = 1,
        .tokens = s->tokens,
        .heads = s->heads,
        .depth = s->depth,
        .scale = scale_of(s),
    };
    run_production(&op, (struct kernel_functions){attention_plan, attention_run});
}

// ------------------------------------------------------------------------------------------------ operands and validation

static struct operands operands_of(const struct sizes *s) {
    const int64_t width = s->heads * s->depth;
    struct operands o = {
        .stride = avocet_row_stride(3 * width),
        .y_stride = avocet_row_stride(width),
        .score_stride = avocet_row_stride(s->tokens),
    };
    o.q = floats(s->tokens * o.stride);
    o.k = o.q + width;
    o.v = o.k + width;
    o.y = floats(s->tokens * o.y_stride);
    o.keys = floats(packed_floats(s->tokens, s->depth));
    o.values = floats(packed_floats(s->depth, s->tokens));
    o.scores = floats(s->tokens * o.score_stride);
    o.scratch = floats(parts(s->tokens, 16) * 16 + s->tokens * context_stride(s));
    float *bound = floats(s->tokens + LANES);
    for (int64_t i = 0; i < s->tokens + LANES; i++) bound[i] = i < s->tokens ? __builtin_inff() : -__builtin_inff();
    o.bound = bound;
    return o;
}

static void release(const struct operands *o) {
    float *const all[] = {(float *)o->q, o->y, o->keys, o->values, o->scores, o->scratch, (float *)o->bound};
    for (int i = 0; i < COUNT(all); i++) free(all[i]);
}

// An error of a score changes its exponential by as much, relatively, and the sum that divides it.
static double error_of(const struct sizes *s, const struct operands *o) {
    double worst = 0, *score = calloc((size_t)s->tokens, sizeof *score);
    for (int64_t head = 0; head < s->heads * s->depth; head += s->depth)
        for (int64_t i = 0; i < s->tokens; i++) {
            double max = -HUGE_VAL, off = 0, sum = 0;
            for (int64_t j = 0; j < s->tokens; j++) {
                double size = 0;
                score[j] = 0;
                for (int64_t d = head; d < head + s->depth; d++) {
                    const double product = (double)o->q[i * o->stride + d] * o->k[j * o->stride + d] * scale_of(s);
                    score[j] += product;
                    size += fabs(product);
                }
                max = fmax(score[j], max);
                off = fmax(size * (double)(s->depth + 3) * 0x1p-24, off);
            }
            for (int64_t j = 0; j < s->tokens; j++) sum += score[j] = exp(score[j] - max);
            for (int64_t d = head; d < head + s->depth; d++) {
                double context = 0, size = 0;
                for (int64_t j = 0; j < s->tokens; j++) {
                    context += score[j] / sum * o->v[j * o->stride + d];
                    size += score[j] / sum * fabs(o->v[j * o->stride + d]);
                }
                const double allowed = size * (4 * off + 2 * (double)(s->tokens + 4) * 0x1p-24) + 1e-30;
                worst = worse(fabs(o->y[i * o->y_stride + d] - context) / allowed, worst);
            }
        }
    free(score);
    return worst;
}

static double flop_of(const struct sizes *s) { return 4.0 * (double)(s->tokens * s->tokens * s->heads * s->depth); }
static void print_sizes(const struct sizes *s) { printf("%ldx%ldx%ld", s->tokens, s->heads, s->depth); }

int main(void) {
    static const struct idea ideas[] = {
        {"1 three loops", three_loops},
        {"2 tiles", scores_of_a_head},
        {"3 scores of a tile", scores_of_a_tile},
        {"4 online softmax", online_softmax},
        {"production", production},
    };
    static const int64_t tokens[] = {1, 13, 207, 300}, depths[] = {1, 13, 64, 80};
    static struct sizes awkward[4 * 4];
    for (int i = 0; i < COUNT(awkward); i++) awkward[i] = (struct sizes){tokens[i % 4], 3, depths[i / 4]};
    static const struct sizes timed[] = {{577, 16, 64}, {197, 12, 64}, {64, 12, 64}};
    return run_lab(&(struct lab){ideas, awkward, timed, COUNT(ideas), COUNT(awkward), COUNT(timed)});
}
