// SPDX-License-Identifier: Apache-2.0
//
// libcublasLt: products by columns, D = A^T . B + bias + beta . C (cuBLAS 12.9 user guide, "Using the cublasLt API"), with the
// checks of layouts, types, alignment and workspace that the library makes, and those that it leaves to its users.
#include "numbers.h"
#include "simulator.h"

#include <memory>
#include <string>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

enum status { SUCCESS = 0, NOT_INITIALIZED = 1, ALLOCATION = 3, INVALID_VALUE = 7, EXECUTION = 13, INTERNAL = 14, NOT_SUPPORTED = 15 };

enum { IN_FLOAT = 68, IN_TF32 = 77, NO_TRANSPOSE = 0, TRANSPOSE = 1, PLAIN = 1, BIASED = 4, MOST_LANES = 3 };

struct handle {};

struct layout {
    int type;
    uint64_t rows, columns;
    int64_t stride;

    sim::kind kind(int compute) const {
        return type == 2 ? sim::kind::F16 : type == 14 ? sim::kind::BF16 : compute == IN_TF32 ? sim::kind::TF32 : sim::kind::F32;
    }
    size_t bytes() const { return ((size_t)(columns - 1) * (size_t)stride + rows) * sim::bytes_of(kind(IN_FLOAT)); }
    bool operator==(const layout &) const = default;
};

struct operation {
    int compute, scale, transposed_a = NO_TRANSPOSE, transposed_b = NO_TRANSPOSE, epilogue = PLAIN;
    uint64_t bias = 0;
};

struct preference {
    uint64_t workspace = 0;
    uint32_t alignment[4] = {256, 256, 256, 256};
};

// What a caller keeps of a choice: 64 bytes that only the library reads.
struct algorithm {
    uint64_t magic, lanes, workspace, alignment, product;
    uint64_t unused[3];
};
static_assert(sizeof(algorithm) == 64);

struct choice {
    algorithm what;
    size_t workspace;
    int state;
    float waves;
    int reserved[4];
};
static_assert(sizeof(choice) == 96);

constexpr uint64_t MAGIC = 0x61766f6365740001;

#define BEGIN                                                                                                         \
    if (const int injected = sim_injected(__func__)) return injected

uint64_t product_of(const operation &o, const layout &a, const layout &b, const layout &c, const layout &d) {
    uint64_t hash = 14695981039346656037ull;
    const auto add = [&](uint64_t value) { hash = (hash ^ value) * 1099511628211ull; };
    for (const int each : {o.compute, o.transposed_a, o.transposed_b, o.epilogue}) add((uint64_t)each);
    for (const layout *each : {&a, &b, &c, &d}) {
        add((uint64_t)each->type);
        add(each->rows);
        add(each->columns);
        add((uint64_t)each->stride);
    }
    return hash;
}

// Whether the shapes and types of a product fit each other.
bool fits(const operation &o, const layout &a, const layout &b, const layout &c, const layout &d) {
    if (o.transposed_a != TRANSPOSE || o.transposed_b != NO_TRANSPOSE) return false; // others are not simulated
    for (const layout *each : {&a, &b, &c, &d}) {
        if (each->stride < (int64_t)each->rows || each->rows == 0 || each->columns == 0 || each->type != a.type) return false;
    }
    const bool is_float = a.type == 0;
    return a.rows == b.rows && a.columns == d.rows && b.columns == d.columns && c.rows == d.rows && c.columns == d.columns
        && (is_float || a.type == 2 || a.type == 14) && (o.compute == IN_FLOAT || (o.compute == IN_TF32 && is_float))
        && !(o.compute == IN_TF32 && sim_capability() < 80) && !(a.type == 14 && sim_capability() < 80);
}

struct job {
    operation o;
    layout a, b, c, d;
    algorithm how;
    float alpha, beta;
    uint64_t at_a, at_b, at_c, at_d, workspace;

    float dot(const float *x, const float *y, size_t count) const {
        switch (how.lanes) {
        case 0: return sim::dot<16>(x, y, count);
        case 1: return sim::dot<8>(x, y, count);
        default: return sim::dot<4>(x, y, count);
        }
    }

    static std::vector<float> dense(const layout &l, sim::kind kind, const void *memory) {
        std::vector<float> values(l.rows * l.columns);
        float *to = values.data();
        for (uint64_t column = 0; column < l.columns; column++) {
            for (uint64_t row = 0; row < l.rows; row++) *to++ = sim::as_read(kind, memory, column * (uint64_t)l.stride + row);
        }
        return values;
    }

    void run() const {
        const void *from_a = sim_memory(at_a, a.bytes()), *from_b = sim_memory(at_b, b.bytes());
        const void *from_c = beta == 0 ? nullptr : sim_memory(at_c, c.bytes());
        void *to = sim_memory(at_d, d.bytes());
        const sim::kind stored = d.kind(IN_FLOAT);
        const void *bias = o.epilogue == BIASED ? sim_memory(o.bias, d.rows * sim::bytes_of(stored)) : nullptr;
        if (!from_a || !from_b || !to || (beta != 0 && !from_c) || (o.epilogue == BIASED && !bias)) return;
        if (how.workspace) {
            void *scratch = sim_memory(workspace, how.workspace);
            if (!scratch) return;
            memset(scratch, 0xFF, how.workspace); // whoever keeps something there loses it
        }
        const auto left = dense(a, a.kind(o.compute), from_a), right = dense(b, b.kind(o.compute), from_b);
        const size_t depth = a.rows;
        for (uint64_t column = 0; column < d.columns; column++) {
            for (uint64_t row = 0; row < d.rows; row++) {
                float value = alpha * dot(&left[row * depth], &right[column * depth], depth);
                if (from_c) value += beta * sim::as_read(stored, from_c, column * (uint64_t)c.stride + row);
                if (bias) value += sim::as_read(stored, bias, row);
                sim::write(stored, to, column * (uint64_t)d.stride + row, value);
            }
        }
        sim_spend(100 - 10 * (int)how.lanes); // so that the first choice is not the best
    }
};

template <class T> int make(const char *kind, T **result, const T &value) {
    *result = new T(value);
    sim_opened(kind, *result);
    return SUCCESS;
}

// Frees even if a test wants the call to fail: so the true ones do.
template <class T> int destroy(const char *function, const char *kind, T *handle) {
    const int injected = sim_injected(function);
    if (!handle || !sim_closed(kind, handle)) return INVALID_VALUE;
    delete handle;
    return injected;
}

} // namespace

EXPORT const char *cublasLtGetStatusString(int status) {
    switch (status) {
    case SUCCESS: return "CUBLAS_STATUS_SUCCESS";
    case NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case ALLOCATION: return "CUBLAS_STATUS_ALLOC_FAILED";
    case INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
    case EXECUTION: return "CUBLAS_STATUS_EXECUTION_FAILED";
    case NOT_SUPPORTED: return "CUBLAS_STATUS_NOT_SUPPORTED";
    default: return "CUBLAS_STATUS_INTERNAL_ERROR";
    }
}

EXPORT int cublasLtCreate(handle **result) {
    BEGIN;
    return sim_capability() ? make("cuBLAS handle", result, handle{}) : NOT_INITIALIZED;
}

EXPORT int cublasLtDestroy(handle *h) {
    return destroy(__func__, "cuBLAS handle", h);
}

EXPORT int cublasLtMatmulDescCreate(operation **result, int compute, int scale) {
    BEGIN;
    return scale == 0 ? make("cuBLAS operation", result, {compute, scale}) : NOT_SUPPORTED;
}

EXPORT int cublasLtMatmulDescDestroy(operation *o) {
    return destroy(__func__, "cuBLAS operation", o);
}

EXPORT int cublasLtMatmulDescSetAttribute(operation *o, int name, const void *value, size_t bytes) {
    BEGIN;
    if (!sim_alive("cuBLAS operation", o) || bytes != (name == 8 ? 8u : 4u)) return INVALID_VALUE;
    switch (name) {
    case 3: o->transposed_a = *(const int *)value; return SUCCESS;
    case 4: o->transposed_b = *(const int *)value; return SUCCESS;
    case 7: o->epilogue = *(const int *)value; return o->epilogue == PLAIN || o->epilogue == BIASED ? SUCCESS : NOT_SUPPORTED;
    case 8: o->bias = *(const uint64_t *)value; return SUCCESS;
    default: return NOT_SUPPORTED;
    }
}

EXPORT int cublasLtMatrixLayoutCreate(layout **result, int type, uint64_t rows, uint64_t columns, int64_t stride) {
    BEGIN;
    return make("cuBLAS layout", result, {type, rows, columns, stride});
}

EXPORT int cublasLtMatrixLayoutDestroy(layout *l) {
    return destroy(__func__, "cuBLAS layout", l);
}

EXPORT int cublasLtMatmulPreferenceCreate(preference **result) {
    BEGIN;
    return make("cuBLAS preference", result, {});
}

EXPORT int cublasLtMatmulPreferenceDestroy(preference *p) {
    return destroy(__func__, "cuBLAS preference", p);
}

EXPORT int cublasLtMatmulPreferenceSetAttribute(preference *p, int name, const void *value, size_t bytes) {
    BEGIN;
    if (!sim_alive("cuBLAS preference", p) || bytes != (name == 1 ? 8u : 4u)) return INVALID_VALUE;
    if (name == 1) p->workspace = *(const uint64_t *)value;
    else if (name >= 5 && name <= 8) p->alignment[name - 5] = *(const uint32_t *)value;
    else return NOT_SUPPORTED;
    return SUCCESS;
}

EXPORT int cublasLtMatmulAlgoGetHeuristic(handle *h, operation *o, layout *a, layout *b, layout *c, layout *d, preference *p,
                                          int wanted, choice *choices, int *count) {
    BEGIN;
    if (!sim_alive("cuBLAS handle", h) || !sim_alive("cuBLAS operation", o) || !sim_alive("cuBLAS preference", p)) return INVALID_VALUE;
    for (const layout *each : {a, b, c, d}) {
        if (!sim_alive("cuBLAS layout", each)) return INVALID_VALUE;
    }
    *count = 0;
    if (!fits(*o, *a, *b, *c, *d)) return NOT_SUPPORTED;
    uint64_t alignment = 0;
    for (const uint32_t each : p->alignment) alignment = alignment ? std::min(alignment, (uint64_t)each) : each;
    for (int i = 0; i < std::min(wanted, (int)MOST_LANES); i++) {
        const uint64_t workspace = i == 0 ? std::min<uint64_t>(p->workspace, 1 << 16) : 0;
        choices[i] = {};
        choices[i].what = {MAGIC, (uint64_t)i, workspace, alignment, product_of(*o, *a, *b, *c, *d), {}};
        choices[i].workspace = workspace;
        choices[i].waves = 1;
        ++*count;
    }
    return SUCCESS;
}

// What was chosen once may be kept, and used again for the same product.
EXPORT int cublasLtMatmulAlgoCheck(handle *h, operation *o, layout *a, layout *b, layout *c, layout *d, const algorithm *how,
                                   choice *result) {
    BEGIN;
    if (!sim_alive("cuBLAS handle", h) || !sim_alive("cuBLAS operation", o)) return INVALID_VALUE;
    if (how->magic != MAGIC || how->product != product_of(*o, *a, *b, *c, *d)) return NOT_SUPPORTED;
    *result = {};
    result->what = *how;
    result->workspace = how->workspace;
    return SUCCESS;
}

EXPORT size_t cublasLtGetVersion() { return 120902; }

EXPORT int cublasLtMatmul(handle *h, operation *o, const float *alpha, uint64_t a, layout *of_a, uint64_t b, layout *of_b,
                          const float *beta, uint64_t c, layout *of_c, uint64_t d, layout *of_d, const algorithm *how,
                          uint64_t workspace, size_t workspace_bytes, void *stream) {
    BEGIN;
    if (!sim_alive("cuBLAS handle", h) || !sim_alive("cuBLAS operation", o)) return INVALID_VALUE;
    if (!how || how->magic != MAGIC || how->product != product_of(*o, *of_a, *of_b, *of_c, *of_d)) {
        sim_defect("a product runs with an algorithm that was chosen for another");
        return NOT_SUPPORTED;
    }
    if (workspace_bytes < how->workspace || (how->workspace && (!workspace || workspace % 256))) {
        sim_defect("a product has too small a workspace, or one that is not at a multiple of 256");
        return INVALID_VALUE;
    }
    for (const uint64_t each : {a, b, *beta == 0 ? d : c, d}) {
        if (each % how->alignment) {
            sim_defect("an operand of a product is not aligned as was said");
            return INVALID_VALUE;
        }
    }
    auto work = std::make_unique<job>(job{*o, *of_a, *of_b, *of_c, *of_d, *how, *alpha, *beta, a, b, c, d, workspace});
    const int status = sim_enqueue(stream, "cublasLtMatmul", [](void *state) { ((const job *)state)->run(); },
                                   [](void *state) { delete (job *)state; }, work.release());
    return status ? EXECUTION : SUCCESS;
}
