// SPDX-License-Identifier: Apache-2.0
//
// Which graphs cuDNN takes, and what they compute (cuDNN 9, "Graph API", supported graph patterns). Sums are in float;
// what is not written to memory is kept in float or rounded to its tensor's type.
#include "dnn.h"

#include "simulator.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace dnn {

namespace {

enum pointwise {
    ADD = 0, MUL = 1, MIN = 2, MAX = 3, SQRT = 4, ADD_SQUARE = 5, DIV = 6, POW = 8, SUB = 9, ABS = 10, EXP = 13,
    LOG = 15, NEG = 16, RSQRT = 17, ERF = 20, IDENTITY = 21, RECIPROCAL = 22, RELU = 100, TANH = 101, SIGMOID = 102,
    GELU = 104, SWISH = 106, GELU_TANH = 107, EQUAL = 300, NOT_EQUAL = 301, GREATER = 302, GREATER_EQUAL = 303,
    LESS = 304, LESS_EQUAL = 305, SELECT = 601,
};

enum reduction { SUM = 0, LARGEST = 3, MEAN = 5 };

using floats = std::vector<float>;
using extents = std::vector<int64_t>;

// The steps between neighbours in dense order, 0 along dimensions that are repeated.
extents steps_of(const extents &dims) {
    extents steps(dims.size());
    int64_t step = 1;
    for (size_t i = dims.size(); i-- > 0; step *= dims[i]) steps[i] = dims[i] == 1 ? 0 : step;
    return steps;
}

// Calls row(start of a, start of b, ...) for each row along the last dimension.
template <size_t count, class F> void each_row(const extents &dims, const extents *const (&steps)[count], F row) {
    const size_t outer = dims.size() - 1;
    extents at(outer, 0);
    int64_t starts[count] = {};
    for (;;) {
        row(starts);
        size_t axis = outer;
        for (;;) {
            if (axis-- == 0) return;
            for (size_t i = 0; i < count; i++) starts[i] += (*steps[i])[axis];
            if (++at[axis] < dims[axis]) break;
            for (size_t i = 0; i < count; i++) starts[i] -= (*steps[i])[axis] * dims[axis];
            at[axis] = 0;
        }
    }
}

size_t span(const tensor &t) {
    int64_t last = 0;
    for (size_t i = 0; i < t.dims.size(); i++) last += (t.dims[i] - 1) * t.strides[i];
    return (size_t)(last + 1) * sim::bytes_of(t.kind());
}

bool is_half(const tensor &t) { return t.type == HALF || t.type == BFLOAT16; }

bool is_product(const operation &o) { return o.kind == act::MATMUL || o.kind == act::CONVOLUTION; }

int64_t largest_batch(const operation &o, size_t axis) { return std::max(o.inputs[0]->dims[axis], o.inputs[1]->dims[axis]); }

verdict check_matmul(const operation &o) {
    const auto &a = o.inputs[0]->dims, &b = o.inputs[1]->dims, &y = o.output->dims;
    const size_t rank = y.size();
    if (rank < 3 || a.size() != rank || b.size() != rank) return {BAD_PARAM, "a matmul is of tensors of one rank, at least 3"};
    bool fits = a[rank - 1] == b[rank - 2] && a[rank - 2] == y[rank - 2] && b[rank - 1] == y[rank - 1];
    for (size_t i = 0; i + 2 < rank; i++) {
        const int64_t batch = largest_batch(o, i);
        fits = fits && y[i] == batch && (a[i] == batch || a[i] == 1) && (b[i] == batch || b[i] == 1);
    }
    return fits ? verdict{} : verdict{SHAPE_MISMATCH, "the extents of a matmul's A, B and C don't fit"};
}

verdict check_convolution(const operation &o) {
    const auto &x = o.inputs[0]->dims, &w = o.inputs[1]->dims, &y = o.output->dims;
    const size_t spatial = o.steps.size();
    if (x.size() != spatial + 2 || w.size() != x.size() || y.size() != x.size() || o.before.size() != spatial
        || o.after.size() != spatial || o.dilations.size() != spatial) {
        return {BAD_PARAM, "a convolution's tensors and windows differ in their number of dimensions"};
    }
    if (spatial != 2) return {UNSUPPORTED_SHAPE, "convolutions are simulated in two dimensions only"};
    bool fits = x[0] == y[0] && w[0] == y[1] && x[1] % w[1] == 0 && w[0] % (x[1] / w[1]) == 0;
    for (size_t i = 0; i < spatial; i++) {
        if (o.steps[i] < 1 || o.dilations[i] < 1) return {BAD_PARAM, "a convolution's strides and dilations are at least 1"};
        const int64_t free = x[i + 2] + o.before[i] + o.after[i] - (w[i + 2] - 1) * o.dilations[i] - 1;
        fits = fits && free >= 0 && y[i + 2] == free / o.steps[i] + 1;
    }
    return fits ? verdict{} : verdict{SHAPE_MISMATCH, "the extents of a convolution's X, W and Y don't fit"};
}

verdict check_repeated(const operation &o) {
    for (const auto &input : o.inputs) {
        const bool is_reduction = o.kind == act::REDUCTION;
        const auto &larger = is_reduction ? input->dims : o.output->dims, &smaller = is_reduction ? o.output->dims : input->dims;
        if (larger.size() != smaller.size()) return {BAD_PARAM, "an operation's tensors differ in their number of dimensions"};
        for (size_t i = 0; i < larger.size(); i++) {
            if (smaller[i] != larger[i] && smaller[i] != 1) return {SHAPE_MISMATCH, "an operation's tensors differ in their extents"};
        }
    }
    return {};
}

float dot(int64_t engine, const float *a, const float *b, size_t count) {
    return engine == 0 ? sim::dot<16>(a, b, count) : engine == 1 ? sim::dot<8>(a, b, count) : sim::dot<4>(a, b, count);
}

// The values of one run.
struct run {
    const job &j;
    std::map<int64_t, floats> values = {};

    bool read(const tensor &t) {
        if (values.count(t.id)) return true;
        const operand &o = j.operands.at(t.id);
        floats dense(t.elements(), o.number);
        if (!t.is_by_value) {
            const void *memory = sim_memory(o.address, span(t));
            if (!memory) return false;
            float *to = dense.data();
            each_row<1>(t.dims, {&t.strides}, [&](const int64_t *starts) {
                for (int64_t i = 0; i < t.dims.back(); i++) {
                    *to++ = sim::as_read(t.kind(), memory, (size_t)(starts[0] + i * t.strides.back()));
                }
            });
        }
        values[t.id] = std::move(dense);
        return true;
    }

    bool keep(const tensor &t, floats dense) {
        for (float &each : dense) each = sim::rounded(t.kind(), each);
        if (!t.is_virtual) {
            void *memory = sim_memory(j.operands.at(t.id).address, span(t));
            if (!memory) return false;
            const float *from = dense.data();
            each_row<1>(t.dims, {&t.strides}, [&](const int64_t *starts) {
                for (int64_t i = 0; i < t.dims.back(); i++) {
                    sim::write(t.kind(), memory, (size_t)(starts[0] + i * t.strides.back()), *from++);
                }
            });
        }
        values[t.id] = std::move(dense);
        return true;
    }

    // A product's operand, as the engine reads it.
    floats factor(const tensor &t) {
        floats dense = values.at(t.id);
        if (j.how->has_tensor_cores() && !is_half(t)) {
            for (float &each : dense) each = sim::tf32_of_float(each);
        }
        return dense;
    }

    floats matmul(const operation &o) {
        const auto &a = *o.inputs[0], &b = *o.inputs[1], &y = *o.output;
        const size_t rank = y.dims.size();
        const int64_t rows = y.dims[rank - 2], columns = y.dims[rank - 1], depth = a.dims[rank - 1];
        const floats left = factor(a), right = factor(b);
        floats result(y.elements()), across((size_t)(depth * columns));
        float *to = result.data();
        extents batches(y.dims.begin(), y.dims.end() - 2);
        batches.push_back(1);
        auto steps = [&](const tensor &t) {
            extents all = steps_of(t.dims);
            all.pop_back();
            return all;
        };
        const extents a_steps = steps(a), b_steps = steps(b);
        each_row<2>(batches, {&a_steps, &b_steps}, [&](const int64_t *starts) {
            for (int64_t column = 0; column < columns; column++) {
                for (int64_t k = 0; k < depth; k++) {
                    across[(size_t)(column * depth + k)] = right[(size_t)(starts[1] + k * columns + column)];
                }
            }
            for (int64_t row = 0; row < rows; row++) {
                for (int64_t column = 0; column < columns; column++) {
                    *to++ = dot(j.how->index, &left[(size_t)(starts[0] + row * depth)], &across[(size_t)(column * depth)],
                                (size_t)depth);
                }
            }
        });
        return result;
    }

    // Channels last, so that sums run along neighbours.
    static floats channels_last(const floats &from, const extents &dims) {
        floats to(from.size());
        const size_t pixels = (size_t)(dims[2] * dims[3]), channels = (size_t)dims[1];
        for (size_t n = 0; n < (size_t)dims[0]; n++) {
            for (size_t c = 0; c < channels; c++) {
                for (size_t p = 0; p < pixels; p++) to[(n * pixels + p) * channels + c] = from[(n * channels + c) * pixels + p];
            }
        }
        return to;
    }

    floats convolution(const operation &o) {
        const auto &x = o.inputs[0]->dims, &w = o.inputs[1]->dims, &y = o.output->dims;
        const floats picture = channels_last(factor(*o.inputs[0]), x), weights = channels_last(factor(*o.inputs[1]), w);
        const int64_t taps = w[2] * w[3], group_outputs = w[0] / (x[1] / w[1]), depth = taps * w[1];
        floats result(o.output->elements()), window((size_t)(taps * x[1]));
        for (int64_t n = 0; n < y[0]; n++) {
            for (int64_t row = 0; row < y[2]; row++) {
                for (int64_t column = 0; column < y[3]; column++) {
                    gather(o, picture, n, row, column, window);
                    for (int64_t out = 0; out < y[1]; out++) {
                        const float *from = &window[(size_t)(out / group_outputs * depth)];
                        result[(size_t)(((n * y[1] + out) * y[2] + row) * y[3] + column)] =
                            (float)o.factors[0] * dot(j.how->index, from, &weights[(size_t)(out * depth)], (size_t)depth);
                    }
                }
            }
        }
        return result;
    }

    // The pixels below one output, group by group, in the order of the weights.
    static void gather(const operation &o, const floats &picture, int64_t n, int64_t row, int64_t column, floats &window) {
        const auto &x = o.inputs[0]->dims, &w = o.inputs[1]->dims;
        float *to = window.data();
        for (int64_t first = 0; first < x[1]; first += w[1]) {
            for (int64_t tap = 0; tap < w[2] * w[3]; tap++, to += w[1]) {
                const int64_t seen = o.is_flipped ? w[2] * w[3] - 1 - tap : tap;
                const int64_t h = row * o.steps[0] - o.before[0] + seen / w[3] * o.dilations[0];
                const int64_t v = column * o.steps[1] - o.before[1] + seen % w[3] * o.dilations[1];
                if (h < 0 || h >= x[2] || v < 0 || v >= x[3]) {
                    std::fill(to, to + w[1], 0.0f);
                } else {
                    memcpy(to, &picture[(size_t)(((n * x[2] + h) * x[3] + v) * x[1] + first)], (size_t)w[1] * sizeof(float));
                }
            }
        }
    }

    template <class F> floats elements(const operation &o, F f) {
        const auto &dims = o.output->dims;
        const tensor *inputs[3];
        extents steps[3];
        for (size_t i = 0; i < 3; i++) {
            inputs[i] = o.inputs[std::min(i, o.inputs.size() - 1)].get();
            steps[i] = steps_of(inputs[i]->dims);
        }
        const float *const x = values.at(inputs[0]->id).data(), *const b = values.at(inputs[1]->id).data();
        const float *const t = values.at(inputs[2]->id).data();
        const int64_t x_step = steps[0].back(), b_step = steps[1].back(), t_step = steps[2].back();
        const float x_factor = (float)o.factors[0], b_factor = (float)o.factors[1];
        floats result(o.output->elements());
        float *to = result.data();
        each_row<3>(dims, {&steps[0], &steps[1], &steps[2]}, [&](const int64_t *starts) {
            for (int64_t i = 0; i < dims.back(); i++) {
                *to++ = f(x_factor * x[starts[0] + i * x_step], b_factor * b[starts[1] + i * b_step], t[starts[2] + i * t_step]);
            }
        });
        return result;
    }

    floats pointwise(const operation &o) {
        switch (o.mode) {
        case ADD: return elements(o, [](float x, float b, float) { return x + b; });
        case MUL: return elements(o, [](float x, float b, float) { return x * b; });
        case MIN: return elements(o, [](float x, float b, float) { return std::fmin(x, b); });
        case MAX: return elements(o, [](float x, float b, float) { return std::fmax(x, b); });
        case ADD_SQUARE: return elements(o, [](float x, float b, float) { return x + b * b; });
        case DIV: return elements(o, [](float x, float b, float) { return x / b; });
        case POW: return elements(o, [](float x, float b, float) { return std::pow(x, b); });
        case SUB: return elements(o, [](float x, float b, float) { return x - b; });
        case SQRT: return elements(o, [](float x, float, float) { return std::sqrt(x); });
        case ABS: return elements(o, [](float x, float, float) { return std::fabs(x); });
        case EXP: return elements(o, [](float x, float, float) { return std::exp(x); });
        case LOG: return elements(o, [](float x, float, float) { return std::log(x); });
        case NEG: return elements(o, [](float x, float, float) { return -x; });
        case RSQRT: return elements(o, [](float x, float, float) { return 1.0f / std::sqrt(x); });
        case ERF: return elements(o, [](float x, float, float) { return std::erf(x); });
        case IDENTITY: return elements(o, [](float x, float, float) { return x; });
        case RECIPROCAL: return elements(o, [](float x, float, float) { return 1.0f / x; });
        case RELU: {
            const float lower = (float)o.lower, upper = (float)o.upper, slope = (float)o.slope;
            return elements(o, [=](float x, float, float) {
                return x < lower ? lower + slope * (x - lower) : std::min(x, upper);
            });
        }
        case TANH: return elements(o, [](float x, float, float) { return std::tanh(x); });
        case SIGMOID: return elements(o, [](float x, float, float) { return 1.0f / (1.0f + std::exp(-x)); });
        case SWISH: {
            const float beta = (float)o.beta;
            return elements(o, [=](float x, float, float) { return x / (1.0f + std::exp(-beta * x)); });
        }
        case GELU: return elements(o, [](float x, float, float) { return 0.5f * x * (1.0f + std::erf(x * 0.70710678f)); });
        case GELU_TANH:
            return elements(o, [](float x, float, float) {
                return 0.5f * x * (1.0f + std::tanh(0.79788456f * (x + 0.044715f * x * x * x)));
            });
        case EQUAL: return elements(o, [](float x, float b, float) { return (float)(x == b); });
        case NOT_EQUAL: return elements(o, [](float x, float b, float) { return (float)(x != b); });
        case GREATER: return elements(o, [](float x, float b, float) { return (float)(x > b); });
        case GREATER_EQUAL: return elements(o, [](float x, float b, float) { return (float)(x >= b); });
        case LESS: return elements(o, [](float x, float b, float) { return (float)(x < b); });
        case LESS_EQUAL: return elements(o, [](float x, float b, float) { return (float)(x <= b); });
        default: return elements(o, [](float x, float b, float t) { return t != 0 ? x : b; });
        }
    }

    floats reduce(const operation &o) {
        const tensor &x = *o.inputs[0], &y = *o.output;
        floats result(y.elements(), o.mode == LARGEST ? -INFINITY : 0.0f);
        const extents from = steps_of(x.dims), to = steps_of(y.dims);
        const float *const values_of_x = values.at(x.id).data();
        each_row<2>(x.dims, {&from, &to}, [&](const int64_t *starts) {
            for (int64_t i = 0; i < x.dims.back(); i++) {
                float &sum = result[(size_t)(starts[1] + i * to.back())];
                const float value = values_of_x[starts[0] + i * from.back()];
                sum = o.mode == LARGEST ? std::fmax(sum, value) : sum + value;
            }
        });
        if (o.mode == MEAN) {
            const float count = (float)(x.elements() / y.elements());
            for (float &each : result) each /= count;
        }
        return result;
    }

    bool one(const operation &o) {
        for (const auto &input : o.inputs) {
            if (!read(*input)) return false;
        }
        switch (o.kind) {
        case act::MATMUL: return keep(*o.output, matmul(o));
        case act::CONVOLUTION: return keep(*o.output, convolution(o));
        case act::POINTWISE: return keep(*o.output, pointwise(o));
        default: return keep(*o.output, reduce(o));
        }
    }
};

} // namespace

size_t tensor::elements() const {
    size_t count = 1;
    for (const int64_t each : dims) count *= (size_t)each;
    return count;
}

sim::kind tensor::kind() const {
    return type == HALF ? sim::kind::F16 : type == BFLOAT16 ? sim::kind::BF16 : sim::kind::F32;
}

int operation::inputs_of(int mode) {
    switch (mode) {
    case ADD: case MUL: case MIN: case MAX: case ADD_SQUARE: case DIV: case POW: case SUB: return 2;
    case EQUAL: case NOT_EQUAL: case GREATER: case GREATER_EQUAL: case LESS: case LESS_EQUAL: return 2;
    case SQRT: case ABS: case EXP: case LOG: case NEG: case RSQRT: case ERF: case IDENTITY: case RECIPROCAL: return 1;
    case RELU: case TANH: case SIGMOID: case GELU: case SWISH: case GELU_TANH: return 1;
    case SELECT: return 3;
    default: return 0;
    }
}

verdict operation::check() const {
    if (kind == act::REDUCTION && mode != SUM && mode != LARGEST && mode != MEAN) {
        return {NOT_SUPPORTED, "a reduction that is not simulated"};
    }
    if (kind == act::CONVOLUTION && factors[1] != 0) return {NOT_SUPPORTED, "a convolution's beta is 0 in a graph"};
    if (is_product(*this) && inputs[0]->type != inputs[1]->type) {
        return {UNSUPPORTED_TYPE, "a product's factors differ in their type"};
    }
    if (output->is_by_value) return {BAD_PARAM, "a result is never passed by value"};
    return kind == act::MATMUL ? check_matmul(*this) : kind == act::CONVOLUTION ? check_convolution(*this) : check_repeated(*this);
}

verdict graph::finish() {
    std::map<int64_t, const tensor *> known;
    std::set<int64_t> written;
    for (const auto &each : operations) {
        auto tensors = each->inputs;
        if (!written.insert(each->output->id).second) return {DUPLICATED_ENTRIES, "a tensor is the result of two operations"};
        tensors.push_back(each->output);
        for (const auto &t : tensors) {
            if (known.emplace(t->id, t.get()).first->second != t.get()) {
                return {DUPLICATED_ENTRIES, "two tensors have the identifier " + std::to_string(t->id)};
            }
        }
    }
    for (const auto &[id, t] : known) {
        if (t->is_virtual && !written.count(id)) return {BAD_PARAM, "nothing writes the virtual tensor " + std::to_string(id)};
    }
    auto waiting = std::move(operations);
    operations.clear();
    while (!waiting.empty()) {
        const auto next = std::find_if(waiting.begin(), waiting.end(), [&](const auto &o) {
            return std::none_of(o->inputs.begin(), o->inputs.end(), [&](const auto &t) { return written.count(t->id); });
        });
        if (next == waiting.end()) return {BAD_PARAM, "the operations of the graph wait for each other"};
        written.erase((*next)->output->id);
        operations.push_back(*next);
        waiting.erase(next);
    }
    return {};
}

bool graph::is_float() const {
    return std::any_of(operations.begin(), operations.end(), [](const auto &o) { return is_product(*o) && !is_half(*o->inputs[0]); });
}

bool graph::is_attention() const {
    return std::count_if(operations.begin(), operations.end(), [](const auto &o) { return is_product(*o); }) == 2;
}

verdict graph::supported(int capability) const {
    int products = 0, reductions = 0;
    std::string modes; // of attention: what lies between its products
    bool has_prologue = false;
    for (const auto &o : operations) {
        for (const auto &t : {o->output, o->inputs[0]}) {
            if (!t->is_virtual && t->type != FLOAT && !is_half(*t)) return {UNSUPPORTED_TYPE, "a type that is not simulated"};
        }
        products += is_product(*o);
        reductions += o->kind == act::REDUCTION;
        has_prologue = has_prologue || (is_product(*o) && products == 1 && (o->inputs[0]->is_virtual || o->inputs[1]->is_virtual));
        if (products == 1 && o->kind == act::REDUCTION) modes += o->mode == LARGEST ? 'M' : 'S';
        if (products == 1 && o->kind == act::POINTWISE) {
            modes += o->mode == SUB ? '-' : o->mode == EXP ? 'e' : o->mode == LOG ? 'l' : o->mode == ADD ? '+' : o->mode == DIV ? '/' : '*';
        }
    }
    if (has_prologue && capability < 80) return {UNSUPPORTED_PATTERN, "operations before a product need compute capability 8.0"};
    if (products < 2) return reductions < 2 ? verdict{} : verdict{UNSUPPORTED_PATTERN, "more than one reduction"};
    if (products > 2 || (modes != "M-eSl+/" && modes != "*M-eSl+/") || has_prologue) return {UNSUPPORTED_PATTERN, "two products that are no attention"};
    if (capability < 80) return {UNSUPPORTED_PATTERN, "attention needs compute capability 8.0"};
    for (const auto &o : operations) {
        if (!is_product(*o)) continue;
        if (!is_half(*o->inputs[0])) return {UNSUPPORTED_TYPE, "attention is in half precision"};
        if (o->kind != act::MATMUL || o->output->dims.size() != 4) return {UNSUPPORTED_PATTERN, "attention is of matmuls of rank 4"};
    }
    const int64_t depth = operations.front()->inputs[0]->dims[3], most = capability >= 90 ? 256 : 128;
    if (depth % 8 != 0 || depth > most) return {UNSUPPORTED_SHAPE, "attention's heads are of multiples of 8, and not as deep"};
    return {};
}

std::map<int64_t, std::shared_ptr<const tensor>> graph::operands() const {
    std::map<int64_t, std::shared_ptr<const tensor>> found;
    for (const auto &o : operations) {
        for (const auto &t : o->inputs) {
            if (!t->is_virtual) found[t->id] = t;
        }
        if (!o->output->is_virtual) found[o->output->id] = o->output;
    }
    return found;
}

bool engine::has_tensor_cores() const { return index < 2 && (!what->is_float() || sim_capability() >= 80); }

int64_t engine::count(const graph &g) { return g.is_attention() ? 2 : 3; }

void job::run() const {
    if (const int64_t bytes = how->workspace()) {
        void *scratch = sim_memory(workspace, (size_t)bytes);
        if (!scratch) return;
        memset(scratch, 0xFF, (size_t)bytes); // whoever keeps something there loses it
    }
    dnn::run all{*this};
    for (const auto &o : how->what->operations) {
        if (!all.one(*o)) return;
    }
}

} // namespace dnn
