// SPDX-License-Identifier: Apache-2.0
//
// Attention in every head: softmax(q k^T scale) v. q, k and v are rows of heads * depth columns, one for each token; a
// key whose mask is 0 gets the score -FLT_MAX, so where all are masked they weigh the same.
#include "storage.cuh"
#include "reduce.cuh"

#define LOWEST (-3.402823466e38f)
#define QUERIES 32 // of a block
#define KEYS 32    // brought into shared memory at once, one for each thread of a warp
#define WARPS 4
#define PER_WARP (QUERIES / WARPS)
#define MOST_DEPTH 256

// The operands of the block's picture and head; blockIdx is (part of the queries, head, picture).
__device__ inline void go_to_head(const real *&x, int stride, int tokens, int depth) {
    x += (long long)blockIdx.z * tokens * stride + (long long)blockIdx.y * depth;
}

__device__ inline float score(float dot, float scale, const int *mask, int key) {
    return mask && mask[key] == 0 ? LOWEST : dot * scale;
}

struct operands {
    const real *q, *k, *v;
    int q_stride, k_stride, v_stride;
    const int *mask, *texts;
    real *y;
    int y_stride, tokens, depth;
    float scale;
};

// The keys that a query sees: those of its text, or all.
struct range {
    int from, to;
};

__device__ inline range seen_by(int query, const int *texts, int tokens) {
    range seen{0, tokens};
    if (texts && query < tokens) {
        for (seen.from = query; seen.from > 0 && texts[seen.from - 1] == texts[query];) seen.from--;
        for (seen.to = query + 1; seen.to < tokens && texts[seen.to] == texts[query];) seen.to++;
    }
    return seen;
}

// The context of the block's queries, where a thread sums at most `COLUMNS` columns of each: known to the compiler, so
// that the sums stay in registers.
template <int COLUMNS>
__device__ inline void attend(operands o) {
    auto [q, k, v, q_stride, k_stride, v_stride, mask, texts, y, y_stride, tokens, depth, scale] = o;
    DYNAMIC_FLOATS(shared);
    const int row = (depth + 15) / 16 * 16 + 1; // odd, so that a column lies in different banks
    const shared_floats queries = shared;
    const shared_floats keys = queries + QUERIES * row;
    const shared_floats values = keys + KEYS * row;
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    const int first = blockIdx.x * QUERIES;
    go_to_head(q, q_stride, tokens, depth);
    go_to_head(k, k_stride, tokens, depth);
    go_to_head(v, v_stride, tokens, depth);
    if (mask) mask += (long long)blockIdx.z * tokens;
    if (texts) texts += (long long)blockIdx.z * tokens;
    const int last = first + QUERIES < tokens ? first + QUERIES - 1 : tokens - 1;
    const range of_block{seen_by(first, texts, tokens).from, seen_by(last, texts, tokens).to};
    range seen[PER_WARP];
    for (int i = threadIdx.x; i < QUERIES * depth; i += blockDim.x) {
        const int token = first + i / depth;
        queries[i / depth * row + i % depth] =
            token < tokens ? widen(q[(long long)token * q_stride + i % depth]) : 0.0f;
    }
    float largest[PER_WARP], total[PER_WARP], context[PER_WARP][COLUMNS];
#pragma unroll
    for (int j = 0; j < PER_WARP; j++) {
        largest[j] = larger::identity();
        total[j] = 0.0f;
        seen[j] = seen_by(first + warp * PER_WARP + j, texts, tokens);
#pragma unroll
        for (int c = 0; c < COLUMNS; c++) context[j][c] = 0.0f;
    }
    for (int start = of_block.from; start < of_block.to; start += KEYS) {
        __syncthreads();
        for (int i = threadIdx.x; i < KEYS * depth; i += blockDim.x) {
            const int token = start + i / depth;
            const int place = i / depth * row + i % depth;
            keys[place] = token < tokens ? widen(k[(long long)token * k_stride + i % depth]) : 0.0f;
            values[place] = token < tokens ? widen(v[(long long)token * v_stride + i % depth]) : 0.0f;
        }
        __syncthreads();
        const int key = start + lane;
#pragma unroll
        for (int j = 0; j < PER_WARP; j++) {
            const shared_floats query = queries + (warp * PER_WARP + j) * row;
            float dot = 0.0f;
#pragma unroll 4
            for (int i = 0; i < depth; i++) dot = fmaf(query[i], keys[lane * row + i], dot);
            const bool counts = key >= seen[j].from && key < seen[j].to;
            const float mine = counts ? score(dot, scale, mask, key) : larger::identity();
            const float next = fmaxf(largest[j], over_warp<larger>(mine));
            const float kept = largest[j] == next ? 1.0f : expf(largest[j] - next); // both infinite before the first key
            const float weight = counts ? expf(mine - next) : 0.0f;
            largest[j] = next;
            total[j] = total[j] * kept + over_warp<plus>(weight);
#pragma unroll
            for (int c = 0; c < COLUMNS; c++) context[j][c] *= kept;
#pragma unroll 2
            for (int other = 0; other < KEYS; other++) {
                const float factor = __shfl_sync(WHOLE_WARP, weight, other);
#pragma unroll
                for (int c = 0; c < COLUMNS; c++) {
                    const int column = c * WARP + lane;
                    if (column < depth) context[j][c] = fmaf(factor, values[other * row + column], context[j][c]);
                }
            }
        }
    }
#pragma unroll
    for (int j = 0; j < PER_WARP; j++) {
        const int token = first + warp * PER_WARP + j;
        real *result = y + ((long long)blockIdx.z * tokens + token) * y_stride + (long long)blockIdx.y * depth;
#pragma unroll
        for (int c = 0; c < COLUMNS; c++) {
            const int column = c * WARP + lane;
            if (token < tokens && column < depth) result[column] = narrow(context[j][c] / total[j]);
        }
    }
}

// Context [batch * tokens, heads * depth], of all keys or, where `texts` is given, of those around a query that have its
// number there, without scores in memory: keys and values pass by in blocks, and what was
// summed so far is scaled whenever a larger score appears (Milakov and Gimelshein, "Online normalizer calculation for
// softmax", 2018; Dao et al., "FlashAttention", 2022).
// Grid (ceil(tokens / 32), heads, batch), block 128, shared memory (32 + 2 * 32) * row floats where row is depth
// rounded up to 16, + 1.
extern "C" __global__ void attention(const real *q, const real *k, const real *v, int q_stride, int k_stride,
                                     int v_stride, const int *mask, const int *texts, real *y, int y_stride,
                                     int tokens, int depth, float scale) {
    const operands o{q, k, v, q_stride, k_stride, v_stride, mask, texts, y, y_stride, tokens, depth, scale};
    if (depth <= WARP) {
        attend<1>(o);
    } else if (depth <= 2 * WARP) {
        attend<2>(o);
    } else if (depth <= 4 * WARP) {
        attend<4>(o);
    } else {
        attend<MOST_DEPTH / WARP>(o);
    }
}

// The probabilities themselves, rows [batch, heads, tokens] of `tokens` columns. Grid (tokens, heads, batch), block
// 256, shared memory `tokens` floats: a block makes one row.
extern "C" __global__ void attention_probabilities(const real *q, const real *k, int q_stride, int k_stride,
                                                   const int *mask, real *p, int p_stride, int tokens, int depth,
                                                   float scale) {
    DYNAMIC_FLOATS(scores);
    SHARED_FLOATS(joined, 8);
    go_to_head(q, q_stride, tokens, depth);
    go_to_head(k, k_stride, tokens, depth);
    if (mask) mask += (long long)blockIdx.z * tokens;
    q += (long long)blockIdx.x * q_stride;
    p += (((long long)blockIdx.z * gridDim.y + blockIdx.y) * tokens + blockIdx.x) * p_stride;
    float largest = larger::identity();
    for (int key = threadIdx.x; key < tokens; key += blockDim.x) {
        float dot = 0.0f;
        for (int i = 0; i < depth; i++) dot = fmaf(widen(q[i]), widen(k[(long long)key * k_stride + i]), dot);
        scores[key] = score(dot, scale, mask, key);
        largest = fmaxf(largest, scores[key]);
    }
    largest = over_block<larger>(largest, joined);
    float total = 0.0f;
    for (int key = threadIdx.x; key < tokens; key += blockDim.x) {
        scores[key] = expf(scores[key] - largest);
        total += scores[key];
    }
    total = over_block<plus>(total, joined);
    for (int key = threadIdx.x; key < tokens; key += blockDim.x) p[key] = narrow(scores[key] / total);
}
