// SPDX-License-Identifier: Apache-2.0
// Attention: for a few query rows at a time all scores, their softmax, and the values they weigh, without leaving the
// second-level cache.
//
// Scores and context are products like any other, so they have the same fixed order of sums. A masked key's weight is exactly 0:
// keys of padding at the end of a text add zeros at the end of sums, and change no bit.
#include "gemm.h"
#include "softmax.h"

#define ROWS_AT_ONCE (3 * TILE_ROWS)
#define ROWS_PER_UNIT 168
#define PARTS_PER_THREAD 6

// The floats of a thread's scratch memory, one part after the other.
struct layout {
    int64_t score_stride, context_stride;
    int64_t values, bound, scores, sums, context, total;
};

static struct layout layout_of(const struct attention *a) {
    struct layout l;
    const int64_t keys = packed_floats(a->tokens, a->depth), values = packed_floats(a->depth, a->tokens);
    l.score_stride = avocet_row_stride(a->tokens);
    l.context_stride = parts(a->depth, LANES) * LANES;
    l.values = parts(keys, 16) * 16;
    l.bound = l.values + parts(values, 16) * 16;
    l.scores = l.bound + parts(a->tokens, 16) * 16;
    l.sums = l.scores + ROWS_AT_ONCE * l.score_stride;
    l.context = l.sums + parts(ROWS_AT_ONCE, 16) * 16;
    l.total = l.context + ROWS_AT_ONCE * l.context_stride;
    return l;
}

int64_t attention_plan(struct op *op) {
    const struct attention *a = &op->attention;
    const int64_t heads = a->batch * a->heads, wanted = parts(PARTS_PER_THREAD * op->threads, most(1, heads));
    op->cut = most(parts(a->tokens, ROWS_PER_UNIT), least(wanted, parts(a->tokens, TILE_ROWS)));
    op->units = heads * op->cut;
    op->least = most(1, (1 << 16) / (2 * a->tokens * a->tokens * a->depth / most(1, op->cut) + 1));
    return layout_of(a).total;
}

struct head {
    const struct attention *a;
    const struct workplace *place;
    struct layout layout;
    int64_t batch, head;
};

static float *part(const struct head *h, int64_t offset) { return h->place->scratch + offset; }

// Keys as the panels of a weight [tokens, depth], values as those of [depth, tokens] transposed, and the bound of each score:
// -infinity beyond the last key.
static void prepare(const struct head *h) {
    const struct attention *a = h->a;
    const int64_t first = h->batch * a->tokens;
    const float *k = at(h->place, a->k.at) + first * a->k.stride + h->head * a->depth;
    const float *v = at(h->place, a->v.at) + first * a->v.stride + h->head * a->depth;
    for (int64_t key = 0; key < a->tokens; key += PANEL)
        pack_panel(part(h, key * a->depth), k + key * a->k.stride, a->k.stride, least(PANEL, a->tokens - key), a->depth);
    for (int64_t panel = 0; panel < panels(a->depth); panel++) {
        const int64_t vectors = panel_vectors(a->depth, panel);
        float *to = part(h, h->layout.values + panel * PANEL * a->tokens);
        for (int64_t key = 0; key < a->tokens; key++)
            for (int64_t j = 0; j < vectors; j++)
                store(to + (key * vectors + j) * LANES, load(v + key * a->v.stride + panel * PANEL + j * LANES));
    }
    const int32_t *mask = a->mask ? (const int32_t *)at(h->place, a->mask) + first : 0;
    float *bound = part(h, h->layout.bound);
    for (int64_t key = 0; key < parts(a->tokens, LANES) * LANES; key++)
        bound[key] = key >= a->tokens ? -__builtin_inff() : mask && !mask[key] ? -__FLT_MAX__ : __builtin_inff();
}

static void score_rows(const struct head *h, int64_t row, int64_t rows) {
    const struct attention *a = h->a;
    const float *q = at(h->place, a->q.at) + (h->batch * a->tokens + row) * a->q.stride + h->head * a->depth;
    for (int64_t panel = 0; panel < panels(a->tokens); panel++) {
        const int64_t vectors = panel_vectors(a->tokens, panel);
        for (int64_t i = 0; i < rows; i += TILE_ROWS)
            for (int64_t from = 0; from < a->depth; from += BLOCK)
                tile_run(least(TILE_ROWS, rows - i), vectors, &(struct tile){
                    .a = q + i * a->q.stride + from,
                    .a_stride = a->q.stride,
                    .b = part(h, panel * PANEL * a->depth + from * vectors * LANES),
                    .depth = least(BLOCK, a->depth - from),
                    .c = part(h, h->layout.scores + i * h->layout.score_stride + panel * PANEL),
                    .c_stride = h->layout.score_stride,
                    .add = from > 0,
                    .ahead = (const char *)h->place->scratch,
                });
    }
    for (int64_t i = 0; i < rows; i++) {
        float *scores = part(h, h->layout.scores + i * h->layout.score_stride);
        *part(h, h->layout.sums + i) = softmax_row(scores, part(h, h->layout.bound), a->mask ? 0 : a->tokens / LANES * LANES,
                                                   (float)a->scale, parts(a->tokens, LANES) * LANES, scores);
    }
}

static void weigh_values(const struct head *h, int64_t rows) {
    const struct attention *a = h->a;
    for (int64_t from = 0; from < a->tokens; from += BLOCK)
        for (int64_t panel = 0; panel < panels(a->depth); panel++) {
            const int64_t vectors = panel_vectors(a->depth, panel);
            for (int64_t i = 0; i < rows; i += TILE_ROWS)
                tile_run(least(TILE_ROWS, rows - i), vectors, &(struct tile){
                    .a = part(h, h->layout.scores + i * h->layout.score_stride + from),
                    .a_stride = h->layout.score_stride,
                    .b = part(h, h->layout.values + panel * PANEL * a->tokens + from * vectors * LANES),
                    .depth = least(BLOCK, a->tokens - from),
                    .c = part(h, h->layout.context + i * h->layout.context_stride + panel * PANEL),
                    .c_stride = h->layout.context_stride,
                    .add = from > 0,
                    .ahead = (const char *)h->place->scratch,
                });
        }
}

static void store_scaled(const float *from, float factor, float *to, int64_t count) {
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) store(to + i, load(from + i) * splat(factor));
    if (i < count) store_first(to + i, load(from + i) * splat(factor), count - i);
}

static void write_rows(const struct head *h, int64_t row, int64_t rows) {
    const struct attention *a = h->a;
    for (int64_t i = 0; i < rows; i++) {
        const float share = 1 / *part(h, h->layout.sums + i);
        store_scaled(part(h, h->layout.context + i * h->layout.context_stride), share,
                     at(h->place, a->context.at) + (h->batch * a->tokens + row + i) * a->context.stride + h->head * a->depth, a->depth);
        if (a->probabilities.at)
            store_scaled(part(h, h->layout.scores + i * h->layout.score_stride), share,
                         at(h->place, a->probabilities.at)
                             + ((h->batch * a->heads + h->head) * a->tokens + row + i) * a->probabilities.stride,
                         a->tokens);
    }
}

// Rows [from, to) of a head whose keys are prepared.
static void attend(const struct head *h, int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row += ROWS_AT_ONCE) {
        const int64_t rows = least(ROWS_AT_ONCE, to - row);
        score_rows(h, row, rows);
        weigh_values(h, rows);
        write_rows(h, row, rows);
    }
}

void attention_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct attention *a = &op->attention;
    const int64_t per_head = op->cut;
    while (from < to) {
        const int64_t number = from / per_head, end = least(to, (number + 1) * per_head);
        const struct head h = {a, place, layout_of(a), number / a->heads, number % a->heads};
        prepare(&h);
        attend(&h, a->tokens * (from - number * per_head) / per_head, a->tokens * (end - number * per_head) / per_head);
        from = end;
    }
}

int64_t packed_attention_plan(struct op *op) { return attention_plan(op); }

static void skip_rows(struct view *v, int64_t rows) { v->at += rows * v->stride * sizeof(float); }

// Rows [from, to) of a head, text by text: each is an attention of its own, so its results are those of a text that is alone.
static void attend_texts(const struct attention *a, const struct workplace *place, int64_t batch, int64_t head, int64_t from,
                         int64_t to) {
    const int32_t *texts = (const int32_t *)at(place, a->mask) + batch * a->tokens;
    while (from < to) {
        int64_t first = from, end = from + 1;
        while (first > 0 && texts[first - 1] == texts[from]) first--;
        while (end < a->tokens && texts[end] == texts[from]) end++;
        struct attention text = *a;
        text.mask = 0;
        text.tokens = end - first;
        skip_rows(&text.q, batch * a->tokens + first);
        skip_rows(&text.k, batch * a->tokens + first);
        skip_rows(&text.v, batch * a->tokens + first);
        skip_rows(&text.context, batch * a->tokens + first);
        const struct head h = {&text, place, layout_of(&text), 0, head};
        prepare(&h);
        attend(&h, from - first, least(end, to) - first);
        from = end;
    }
}

void packed_attention_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct attention *a = &op->attention;
    for (int64_t unit = from; unit < to; unit++) {
        const int64_t number = unit / op->cut, part = unit % op->cut;
        attend_texts(a, place, number / a->heads, number % a->heads, a->tokens * part / op->cut, a->tokens * (part + 1) / op->cut);
    }
}
