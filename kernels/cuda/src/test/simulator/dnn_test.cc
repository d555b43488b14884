// SPDX-License-Identifier: Apache-2.0
//
// The simulated cuDNN against plain sums in double, and its refusals. Built with dnn.cc and dnn_graph.cc; the driver is
// a plain one here: memory is the host's, and work runs when the test says so.
#include "dnn.h"

#include "simulator.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>

extern "C" {
int cudnnCreate(void **);
int cudnnDestroy(void *);
int cudnnBackendCreateDescriptor(int, void **);
int cudnnBackendDestroyDescriptor(void *);
int cudnnBackendSetAttribute(void *, int, int, int64_t, const void *);
int cudnnBackendGetAttribute(void *, int, int, int64_t, int64_t *, void *);
int cudnnBackendFinalize(void *);
int cudnnBackendExecute(void *, void *, void *);
void cudnnGetLastErrorString(char *, size_t);
}

namespace {

int capability = 80, failures = 0;
std::vector<std::function<void()>> waiting;

void expect(bool holds, const char *what, int line) {
    if (holds) return;
    printf("line %d: %s\n", line, what);
    failures++;
}

} // namespace

#define EXPECT(condition) expect(condition, #condition, __LINE__)

void *sim_memory(unsigned long long address, size_t) { return (void *)address; }

void sim_spend(int) {}
int sim_injected(const char *) { return 0; }
void sim_opened(const char *, const void *) {}
int sim_closed(const char *, const void *) { return 1; }
int sim_alive(const char *, const void *) { return 1; }
int sim_capability(void) { return capability; }
int sim_enqueue(void *, const char *, void (*work)(void *), void (*drop)(void *), void *state) {
    const std::shared_ptr<void> kept(state, drop);
    waiting.push_back([=] { work(kept.get()); });
    return 0;
}

namespace {

using numbers = std::vector<int64_t>;

struct drawing {
    void *handle = nullptr;
    std::vector<void *> owned = {}, operations = {};
    int type;

    explicit drawing(int stored) : type(stored) { cudnnCreate(&handle); }
    ~drawing() {
        for (void *each : owned) cudnnBackendDestroyDescriptor(each);
        cudnnDestroy(handle);
    }

    void *make(int kind) {
        void *made = nullptr;
        EXPECT(cudnnBackendCreateDescriptor(kind, &made) == 0);
        owned.push_back(made);
        return made;
    }
    static void number(void *d, int name, int type, int value) { EXPECT(cudnnBackendSetAttribute(d, name, type, 1, &value) == 0); }
    static void longs(void *d, int name, const numbers &values) {
        EXPECT(cudnnBackendSetAttribute(d, name, 3, (int64_t)values.size(), values.data()) == 0);
    }
    static void part(void *d, int name, void *value) { EXPECT(cudnnBackendSetAttribute(d, name, 15, 1, &value) == 0); }

    void *tensor(int64_t id, int stored, const numbers &dims, const numbers &strides, bool is_virtual, int status = 0) {
        void *t = make(17);
        const char yes = 1;
        longs(t, 900, {16});
        number(t, 901, 1, stored);
        longs(t, 902, dims);
        longs(t, 903, strides);
        longs(t, 906, {id});
        if (is_virtual) EXPECT(cudnnBackendSetAttribute(t, 907, 2, 1, &yes) == 0);
        EXPECT(cudnnBackendFinalize(t) == status);
        return t;
    }
    void done(void *operation, int status = 0) {
        EXPECT(cudnnBackendFinalize(operation) == status);
        operations.push_back(operation);
    }
    void matmul(void *a, void *b, void *y, int status = 0) {
        void *kind = make(18), *operation = make(19);
        number(kind, 1500, 1, 0);
        EXPECT(cudnnBackendFinalize(kind) == 0);
        part(operation, 1520, a);
        part(operation, 1521, b);
        part(operation, 1522, y);
        part(operation, 1523, kind);
        done(operation, status);
    }
    void convolution(void *x, void *w, void *y, int64_t step, const numbers &before, const numbers &after, int status = 0) {
        void *kind = make(1), *operation = make(10);
        const double one = 1, zero = 0;
        number(kind, 100, 1, 0);
        number(kind, 101, 7, 1);
        longs(kind, 102, {1, 1});
        longs(kind, 103, {step, step});
        longs(kind, 104, after);
        longs(kind, 105, before);
        longs(kind, 106, {2});
        EXPECT(cudnnBackendFinalize(kind) == 0);
        EXPECT(cudnnBackendSetAttribute(operation, 700, 5, 1, &one) == 0);
        EXPECT(cudnnBackendSetAttribute(operation, 701, 5, 1, &zero) == 0);
        part(operation, 702, kind);
        part(operation, 703, w);
        part(operation, 704, x);
        part(operation, 705, y);
        done(operation, status);
    }
    void pointwise(int mode, void *x, void *b, void *y, int status = 0) {
        void *kind = make(0), *operation = make(13);
        number(kind, 0, 14, mode);
        number(kind, 1, 1, 0);
        EXPECT(cudnnBackendFinalize(kind) == 0);
        part(operation, 750, kind);
        part(operation, 751, x);
        if (b) part(operation, 752, b);
        part(operation, 753, y);
        done(operation, status);
    }
    void reduction(int mode, void *x, void *y) {
        void *kind = make(21), *operation = make(22);
        number(kind, 1600, 18, mode);
        number(kind, 1601, 1, 0);
        EXPECT(cudnnBackendFinalize(kind) == 0);
        part(operation, 1610, x);
        part(operation, 1611, y);
        part(operation, 1612, kind);
        done(operation);
    }

    // The plans of all engines; none where the graph is refused with that status.
    std::vector<void *> plans(int status = 0) {
        void *graph = make(15), *heuristics = make(4);
        EXPECT(cudnnBackendSetAttribute(graph, 800, 0, 1, &handle) == 0);
        EXPECT(cudnnBackendSetAttribute(graph, 801, 15, (int64_t)operations.size(), operations.data()) == 0);
        EXPECT(cudnnBackendFinalize(graph) == 0);
        part(heuristics, 201, graph);
        number(heuristics, 200, 8, 3);
        EXPECT(cudnnBackendFinalize(heuristics) == status);
        if (status) return {};
        int64_t count = 0;
        EXPECT(cudnnBackendGetAttribute(heuristics, 202, 15, 0, &count, nullptr) == 0);
        std::vector<void *> engines, result;
        for (int64_t i = 0; i < count; i++) engines.push_back(make(3));
        EXPECT(cudnnBackendGetAttribute(heuristics, 202, 15, count, &count, engines.data()) == 0);
        for (void *each : engines) {
            void *plan = make(5);
            EXPECT(cudnnBackendSetAttribute(plan, 400, 0, 1, &handle) == 0);
            part(plan, 401, each);
            EXPECT(cudnnBackendFinalize(plan) == 0);
            result.push_back(plan);
        }
        return result;
    }

    int run(void *plan, const numbers &ids, const std::vector<void *> &pointers, bool with_workspace = true) {
        static std::vector<char> scratch(1 << 16);
        void *pack = make(16), *workspace = scratch.data();
        longs(pack, 1000, ids);
        EXPECT(cudnnBackendSetAttribute(pack, 1001, 6, (int64_t)pointers.size(), pointers.data()) == 0);
        if (with_workspace) EXPECT(cudnnBackendSetAttribute(pack, 1003, 6, 1, &workspace) == 0);
        EXPECT(cudnnBackendFinalize(pack) == 0);
        return cudnnBackendExecute(handle, plan, pack);
    }
};

void run_all() {
    for (const auto &each : waiting) each();
    for (const auto &each : waiting) each(); // as a graph does that is launched again
    waiting.clear();
}

std::vector<float> drawn(size_t count) {
    std::vector<float> values(count);
    for (float &each : values) each = (float)(rand() % 2001 - 1000) / 1000.0f;
    return values;
}

double swish(double x) { return x / (1 + exp(-x)); }

// Rows of x longer than their content, the weight transposed, a bias along the columns.
void matmul_with_bias_and_gelu() {
    const int rows = 5, depth = 24, columns = 7, step = 32;
    auto x = drawn(rows * step), w = drawn(columns * depth), bias = drawn(8);
    drawing d(dnn::FLOAT);
    void *a = d.tensor(1, 0, {1, rows, depth}, {rows * step, step, 1}, false);
    void *b = d.tensor(2, 0, {1, depth, columns}, {columns * depth, 1, depth}, false);
    void *c = d.tensor(3, 0, {1, 1, columns}, {columns, columns, 1}, false);
    const numbers dims = {1, rows, columns}, strides = {rows * columns, columns, 1};
    void *sum = d.tensor(10, 0, dims, strides, true), *biased = d.tensor(11, 0, dims, strides, true);
    void *y = d.tensor(4, 0, dims, strides, false);
    d.pointwise(104, biased, nullptr, y); // in any order
    d.matmul(a, b, sum);
    d.pointwise(0, sum, c, biased);
    std::vector<std::vector<float>> results;
    for (void *plan : d.plans()) {
        std::vector<float> result(rows * columns);
        EXPECT(d.run(plan, {4, 3, 2, 1}, {result.data(), bias.data(), w.data(), x.data()}) == 0);
        EXPECT(result[0] == 0); // nothing runs before its stream does
        run_all();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double value = bias[j];
                for (int k = 0; k < depth; k++) value += (double)x[i * step + k] * w[j * depth + k];
                value = 0.5 * value * (1 + erf(value / sqrt(2.0)));
                EXPECT(fabs(result[i * columns + j] - value) < (results.size() < 2 ? 5e-3 : 1e-5)); // TF32 or float
            }
        }
        results.push_back(result);
    }
    EXPECT(results.size() == 3 && results[0] != results[1] && results[1] != results[2]);
    std::vector<float> y_values(rows * columns);
    const auto plan = d.plans()[0];
    EXPECT(d.run(plan, {4, 3, 2}, {y_values.data(), bias.data(), w.data()}) == dnn::BAD_PARAM);
    EXPECT(d.run(plan, {4, 3, 2, 1}, {y_values.data(), bias.data(), w.data(), nullptr}) == dnn::NULL_POINTER);
    EXPECT(d.run(plan, {4, 3, 2, 1}, {y_values.data(), bias.data(), w.data(), x.data() + 1}) == dnn::MISALIGNED_POINTER);
    EXPECT(d.run(plan, {4, 3, 2, 1}, {y_values.data(), bias.data(), w.data(), x.data()}, false) == dnn::NULL_POINTER);
    char text[64];
    cudnnGetLastErrorString(text, sizeof text);
    EXPECT(std::string(text) == "the plan needs a workspace");
}

// Channels last, padding that differs before and after, groups or none.
void convolution_with_bias_and_swish(int groups) {
    const int height = 7, width = 6, channels = 8, outputs = 16, size = 3, step = 2, per = channels / groups;
    const int out_height = (height + 1 - size) / step + 1, out_width = (width + 1 - size) / step + 1;
    auto x = drawn(height * width * channels), w = drawn(outputs * size * size * per), bias = drawn(outputs);
    drawing d(dnn::FLOAT);
    const auto picture = [&](int64_t id, int64_t c, int64_t h, int64_t v, bool hidden) {
        return d.tensor(id, 0, {1, c, h, v}, {c * h * v, 1, v * c, c}, hidden);
    };
    void *sum = picture(10, outputs, out_height, out_width, true), *biased = picture(11, outputs, out_height, out_width, true);
    d.convolution(picture(1, channels, height, width, false),
                  d.tensor(2, 0, {outputs, per, size, size}, {size * size * per, 1, size * per, per}, false), sum, step,
                  {0, 1}, {1, 0});
    d.pointwise(0, sum, picture(3, outputs, 1, 1, false), biased);
    d.pointwise(106, biased, nullptr, picture(4, outputs, out_height, out_width, false));
    std::vector<float> y(out_height * out_width * outputs);
    EXPECT(d.run(d.plans()[2], {1, 2, 3, 4}, {x.data(), w.data(), bias.data(), y.data()}) == 0);
    run_all();
    for (int i = 0; i < (int)y.size(); i++) {
        const int o = i % outputs, column = i / outputs % out_width, row = i / outputs / out_width;
        double value = bias[o];
        for (int h = 0; h < size; h++) {
            for (int v = 0; v < size; v++) {
                const int r = row * step + h, c = column * step - 1 + v;
                if (r >= height || c < 0 || c >= width) continue;
                for (int k = 0; k < per; k++) {
                    value += (double)x[(r * width + c) * channels + o / (outputs / groups) * per + k]
                        * w[((o * size + h) * size + v) * per + k];
                }
            }
        }
        EXPECT(fabs(y[i] - swish(value)) < 1e-5);
    }
}

// Without the logarithms of the sums, which training keeps, it is not known for attention.
void attention(int stored, int at, int status, bool has_logarithms = true) {
    capability = at;
    const int64_t heads = 2, tokens = 5, depth = 16, width = heads * depth;
    auto from = drawn(tokens * 3 * width);
    std::vector<uint16_t> packed(from.size()), y(tokens * width);
    const auto kind = stored == dnn::HALF ? sim::kind::F16 : sim::kind::BF16;
    for (size_t i = 0; i < from.size(); i++) sim::write(kind, packed.data(), i, from[i]);
    drawing d(stored);
    const numbers rows = {1, heads, tokens, depth}, lying = {tokens * 3 * width, depth, 3 * width, 1};
    const auto hidden = [&](int64_t id, int64_t columns) {
        return d.tensor(id, 0, {1, heads, tokens, columns}, {heads * tokens * columns, tokens * columns, columns, 1}, true);
    };
    void *scores = hidden(10, tokens), *largest = hidden(11, 1), *shifted = hidden(12, tokens), *powers = hidden(13, tokens);
    void *sums = hidden(14, 1);
    void *p = d.tensor(15, stored, {1, heads, tokens, tokens}, {heads * tokens * tokens, tokens * tokens, tokens, 1}, true);
    d.matmul(d.tensor(1, stored, rows, lying, false),
             d.tensor(2, stored, {1, heads, depth, tokens}, {tokens * 3 * width, depth, 1, 3 * width}, false), scores);
    d.reduction(3, scores, largest);
    d.pointwise(9, scores, largest, shifted);
    d.pointwise(13, shifted, nullptr, powers);
    d.reduction(0, powers, sums);
    if (has_logarithms) {
        void *logarithms = hidden(16, 1);
        d.pointwise(15, sums, nullptr, logarithms);
        d.pointwise(0, largest, logarithms, hidden(17, 1));
    }
    d.pointwise(6, powers, sums, p);
    d.matmul(p, d.tensor(3, stored, rows, lying, false), d.tensor(4, stored, rows, {tokens * width, depth, width, 1}, false));
    const auto plans = d.plans(status);
    capability = 80;
    if (status) return;
    EXPECT(d.run(plans[0], {1, 2, 3, 4}, {packed.data(), packed.data() + width, packed.data() + 2 * width, y.data()}) == 0);
    run_all();
    const auto read = [&](int64_t part, int64_t token, int64_t column) {
        return (double)sim::as_read(kind, packed.data(), (size_t)((token * 3 + part) * width + column));
    };
    for (int64_t i = 0; i < tokens * width; i++) {
        const int64_t token = i / width, column = i % width, first = column / depth * depth;
        double weights = 0, value = 0;
        for (int64_t other = 0; other < tokens; other++) {
            double score = 0;
            for (int64_t k = first; k < first + depth; k++) score += read(0, token, k) * read(1, other, k);
            weights += exp(score);
            value += exp(score) * read(2, other, column);
        }
        EXPECT(fabs(sim::as_read(kind, y.data(), (size_t)i) - value / weights) < (stored == dnn::HALF ? 2e-3 : 2e-2));
    }
}

void refusals() {
    drawing d(dnn::FLOAT);
    d.tensor(1, 0, {1, 2, 3}, {6, 3}, false, dnn::BAD_PARAM);
    void *t = d.make(17);
    EXPECT(cudnnBackendFinalize(t) == dnn::BAD_PARAM);
    const int64_t id = 1;
    EXPECT(cudnnBackendSetAttribute(t, 906, 4, 1, &id) == dnn::ATTRIBUTE_TYPE);
    EXPECT(cudnnBackendSetAttribute(t, 906, 3, 2, &id) == dnn::BAD_PARAM);
    EXPECT(cudnnBackendSetAttribute(t, 1500, 1, 1, &id) == dnn::BAD_PARAM);
    EXPECT(cudnnBackendSetAttribute(d.make(19), 1520, 15, 1, &t) == dnn::NOT_FINALIZED);
    void *a = d.tensor(1, 0, {1, 4, 8}, {32, 8, 1}, false), *b = d.tensor(2, 0, {1, 8, 4}, {32, 4, 1}, false);
    EXPECT(cudnnBackendSetAttribute(a, 906, 3, 1, &id) == dnn::NOT_INITIALIZED);
    void *narrow = d.tensor(3, 0, {1, 4, 3}, {12, 3, 1}, false), *half = d.tensor(4, 2, {1, 8, 3}, {24, 3, 1}, false);
    d.matmul(a, b, narrow, dnn::SHAPE_MISMATCH);
    d.matmul(a, half, narrow, dnn::UNSUPPORTED_TYPE);
    d.pointwise(0, a, nullptr, b, dnn::BAD_PARAM);
    d.pointwise(0, a, b, b, dnn::SHAPE_MISMATCH);
}

void gate_before_a_matmul() {
    for (const int at : {75, 80}) {
        drawing d(dnn::HALF);
        void *gated = d.tensor(10, 2, {1, 4, 8}, {32, 8, 1}, true);
        d.pointwise(1, d.tensor(1, 2, {1, 4, 8}, {32, 8, 1}, false), d.tensor(2, 2, {1, 1, 8}, {8, 8, 1}, false), gated);
        d.matmul(gated, d.tensor(3, 2, {1, 8, 8}, {64, 1, 8}, false), d.tensor(4, 2, {1, 4, 8}, {32, 8, 1}, false));
        capability = at;
        EXPECT(d.plans(at == 75 ? dnn::UNSUPPORTED_PATTERN : 0).empty() == (at == 75));
        capability = 80;
    }
}

} // namespace

int main() {
    matmul_with_bias_and_gelu();
    convolution_with_bias_and_swish(1);
    convolution_with_bias_and_swish(2);
    convolution_with_bias_and_swish(8);
    attention(dnn::HALF, 80, 0);
    attention(dnn::BFLOAT16, 90, 0);
    attention(dnn::HALF, 75, dnn::UNSUPPORTED_PATTERN);
    attention(dnn::HALF, 80, dnn::UNSUPPORTED_PATTERN, false);
    refusals();
    gate_before_a_matmul();
    printf(failures ? "%d failed\n" : "all hold\n", failures);
    return failures != 0;
}
