// SPDX-License-Identifier: Apache-2.0
//
// cuDNN's backend interface: descriptors that take attributes, are finished once and never change again (cuDNN 9
// backend API reference). What they describe is checked and run by dnn_graph.cc.
#include "dnn.h"

#include "simulator.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <set>

#define EXPORT extern "C" __attribute__((visibility("default")))

using namespace dnn;

namespace {

thread_local std::string last_error;

int fail(int status, const std::string &why) {
    last_error = why;
    return status;
}

int fail(const verdict &v) { return v.status ? fail(v.status, v.why) : SUCCESS; }

enum kind_of_descriptor {
    POINTWISE = 0, CONVOLUTION = 1, ENGINE = 2, CONFIGURATION = 3, HEURISTICS = 4, PLAN = 5, CONVOLUTION_FORWARD = 10,
    POINTWISE_OPERATION = 13, GRAPH = 15, VARIANT_PACK = 16, TENSOR = 17, MATMUL = 18, MATMUL_OPERATION = 19,
    REDUCTION = 21, REDUCTION_OPERATION = 22,
};

enum type_of_attribute {
    HANDLE = 0, DATA_TYPE = 1, TRUTH = 2, INT64 = 3, REAL = 4, DOUBLE = 5, VOID_POINTER = 6, CONVOLUTION_MODE = 7,
    HEURISTIC_MODE = 8, NUMERICAL_NOTE = 11, POINTWISE_MODE = 14, DESCRIPTOR = 15, REDUCTION_OPERATOR = 18,
    TEXT = 24,
};

constexpr int MOST_DIMS = 8, MOST_OPERANDS = 256, MOST_TEXT = 1 << 20, ANY = -1;

// An attribute that can be set: of which descriptor, its type, how many values, which descriptors they are.
struct rule {
    int kind, name, type;
    int64_t most;
    bool is_needed;
    int of;
};

constexpr rule RULES[] = {
    {POINTWISE, 0, POINTWISE_MODE, 1, true, ANY},
    {POINTWISE, 1, DATA_TYPE, 1, true, ANY},
    {POINTWISE, 3, DOUBLE, 1, false, ANY},
    {POINTWISE, 4, DOUBLE, 1, false, ANY},
    {POINTWISE, 5, DOUBLE, 1, false, ANY},
    {POINTWISE, 8, DOUBLE, 1, false, ANY},
    {CONVOLUTION, 100, DATA_TYPE, 1, true, ANY},
    {CONVOLUTION, 101, CONVOLUTION_MODE, 1, true, ANY},
    {CONVOLUTION, 102, INT64, MOST_DIMS, true, ANY},
    {CONVOLUTION, 103, INT64, MOST_DIMS, true, ANY},
    {CONVOLUTION, 104, INT64, MOST_DIMS, true, ANY},
    {CONVOLUTION, 105, INT64, MOST_DIMS, true, ANY},
    {CONVOLUTION, 106, INT64, 1, true, ANY},
    {HEURISTICS, 200, HEURISTIC_MODE, 1, true, ANY},
    {HEURISTICS, 201, DESCRIPTOR, 1, true, GRAPH},
    {CONFIGURATION, 300, DESCRIPTOR, 1, true, ENGINE},
    {PLAN, 400, HANDLE, 1, true, ANY},
    {PLAN, 401, DESCRIPTOR, 1, false, CONFIGURATION},
    {PLAN, 405, TEXT, MOST_TEXT, false, ANY},
    {CONVOLUTION_FORWARD, 700, DOUBLE, 1, true, ANY},
    {CONVOLUTION_FORWARD, 701, DOUBLE, 1, true, ANY},
    {CONVOLUTION_FORWARD, 702, DESCRIPTOR, 1, true, CONVOLUTION},
    {CONVOLUTION_FORWARD, 703, DESCRIPTOR, 1, true, TENSOR},
    {CONVOLUTION_FORWARD, 704, DESCRIPTOR, 1, true, TENSOR},
    {CONVOLUTION_FORWARD, 705, DESCRIPTOR, 1, true, TENSOR},
    {POINTWISE_OPERATION, 750, DESCRIPTOR, 1, true, POINTWISE},
    {POINTWISE_OPERATION, 751, DESCRIPTOR, 1, true, TENSOR},
    {POINTWISE_OPERATION, 752, DESCRIPTOR, 1, false, TENSOR},
    {POINTWISE_OPERATION, 753, DESCRIPTOR, 1, true, TENSOR},
    {POINTWISE_OPERATION, 754, DOUBLE, 1, false, ANY},
    {POINTWISE_OPERATION, 755, DOUBLE, 1, false, ANY},
    {POINTWISE_OPERATION, 758, DESCRIPTOR, 1, false, TENSOR},
    {GRAPH, 800, HANDLE, 1, true, ANY},
    {GRAPH, 801, DESCRIPTOR, MOST_OPERANDS, true, ANY},
    {TENSOR, 900, INT64, 1, true, ANY},
    {TENSOR, 901, DATA_TYPE, 1, true, ANY},
    {TENSOR, 902, INT64, MOST_DIMS, true, ANY},
    {TENSOR, 903, INT64, MOST_DIMS, true, ANY},
    {TENSOR, 906, INT64, 1, true, ANY},
    {TENSOR, 907, TRUTH, 1, false, ANY},
    {TENSOR, 908, TRUTH, 1, false, ANY},
    {VARIANT_PACK, 1000, INT64, MOST_OPERANDS, true, ANY},
    {VARIANT_PACK, 1001, VOID_POINTER, MOST_OPERANDS, true, ANY},
    {VARIANT_PACK, 1003, VOID_POINTER, 1, false, ANY},
    {ENGINE, 1300, DESCRIPTOR, 1, true, GRAPH},
    {ENGINE, 1301, INT64, 1, true, ANY},
    {MATMUL, 1500, DATA_TYPE, 1, true, ANY},
    {MATMUL_OPERATION, 1520, DESCRIPTOR, 1, true, TENSOR},
    {MATMUL_OPERATION, 1521, DESCRIPTOR, 1, true, TENSOR},
    {MATMUL_OPERATION, 1522, DESCRIPTOR, 1, true, TENSOR},
    {MATMUL_OPERATION, 1523, DESCRIPTOR, 1, true, MATMUL},
    {REDUCTION, 1600, REDUCTION_OPERATOR, 1, true, ANY},
    {REDUCTION, 1601, DATA_TYPE, 1, true, ANY},
    {REDUCTION_OPERATION, 1610, DESCRIPTOR, 1, true, TENSOR},
    {REDUCTION_OPERATION, 1611, DESCRIPTOR, 1, true, TENSOR},
    {REDUCTION_OPERATION, 1612, DESCRIPTOR, 1, true, REDUCTION},
};

size_t bytes_of(int type) {
    switch (type) {
    case TRUTH: case TEXT: return 1;
    case HANDLE: case INT64: case DOUBLE: case VOID_POINTER: case DESCRIPTOR: return 8;
    default: return 4;
    }
}

bool is_operation(int kind) {
    return kind == CONVOLUTION_FORWARD || kind == POINTWISE_OPERATION || kind == MATMUL_OPERATION || kind == REDUCTION_OPERATION;
}

// What a finished descriptor describes; others that name it share it, so it outlives the descriptor.
struct finished {
    std::map<int, std::vector<char>> values;
    std::map<int, std::vector<std::shared_ptr<const finished>>> parts;
    std::shared_ptr<const tensor> as_tensor;
    std::shared_ptr<const operation> as_operation;
    std::shared_ptr<const graph> as_graph;
    std::shared_ptr<const engine> as_engine;

    template <class T> std::vector<T> all(int name) const {
        const auto found = values.find(name);
        if (found == values.end()) return {};
        std::vector<T> result(found->second.size() / sizeof(T));
        memcpy(result.data(), found->second.data(), result.size() * sizeof(T));
        return result;
    }

    template <class T> T one(int name, T otherwise) const {
        const auto found = all<T>(name);
        return found.empty() ? otherwise : found[0];
    }

    const finished *part(int name) const {
        const auto found = parts.find(name);
        return found == parts.end() ? nullptr : found->second[0].get();
    }
};

struct descriptor {
    int kind;
    std::shared_ptr<finished> what = std::make_shared<finished>();
    bool is_finished = false;
};

struct handle {
    void *stream = nullptr;
};

bool alive(const descriptor *d) { return d && sim_alive("cuDNN descriptor", d); }

bool alive(const handle *h) { return h && sim_alive("cuDNN handle", h); }

int finish_tensor(finished &f) {
    auto t = std::make_shared<tensor>();
    *t = {f.one<int>(901, 0), f.all<int64_t>(902), f.all<int64_t>(903), f.one<int64_t>(906, 0), f.one<int64_t>(900, 1),
          f.one<char>(907, 0) != 0, f.one<char>(908, 0) != 0};
    if (t->dims.size() != t->strides.size()) return fail(BAD_PARAM, "a tensor has not as many strides as dimensions");
    for (size_t i = 0; i < t->dims.size(); i++) {
        if (t->dims[i] < 1 || t->strides[i] < 1) return fail(BAD_PARAM, "a tensor's dimensions and strides are at least 1");
    }
    if (t->is_virtual && t->is_by_value) return fail(BAD_PARAM, "a virtual tensor is not passed by value");
    if (t->alignment < (int64_t)sim::bytes_of(t->kind()) || t->alignment & (t->alignment - 1)) {
        return fail(BAD_PARAM, "a tensor's alignment is a power of two and holds an element");
    }
    if (t->type != FLOAT && t->type != HALF && t->type != BFLOAT16 && !(t->type == BOOLEAN && t->is_virtual)) {
        return fail(UNSUPPORTED_TYPE, "tensors of this type are not simulated");
    }
    if (t->is_by_value && (t->type != FLOAT || t->elements() != 1)) {
        return fail(NOT_SUPPORTED, "only single floats are passed by value");
    }
    f.as_tensor = t;
    return SUCCESS;
}

int finish_pointwise(finished &f) {
    if (operation::inputs_of(f.one<int>(0, -1)) == 0) return fail(NOT_SUPPORTED, "a pointwise mode that is not simulated");
    return f.one<int>(1, ANY) == FLOAT ? SUCCESS : fail(UNSUPPORTED_TYPE, "pointwise operations are computed in float");
}

int finish_convolution(finished &f) {
    const size_t spatial = (size_t)f.one<int64_t>(106, 0);
    for (const int name : {102, 103, 104, 105}) {
        if (f.all<int64_t>(name).size() != spatial) return fail(BAD_PARAM, "a convolution's attributes differ in their length");
    }
    return f.one<int>(100, ANY) == FLOAT ? SUCCESS : fail(UNSUPPORTED_TYPE, "convolutions are summed in float");
}

int finish_operation(int kind, finished &f) {
    auto o = std::make_shared<operation>();
    const auto take = [&](std::initializer_list<int> names, int output) {
        for (const int name : names) {
            if (f.part(name)) o->inputs.push_back(f.part(name)->as_tensor);
        }
        o->output = f.part(output)->as_tensor;
    };
    if (kind == MATMUL_OPERATION) {
        o->kind = act::MATMUL;
        take({1520, 1521}, 1522);
    } else if (kind == CONVOLUTION_FORWARD) {
        const finished &c = *f.part(702);
        o->kind = act::CONVOLUTION;
        o->factors[0] = f.one<double>(700, 1);
        o->factors[1] = f.one<double>(701, 0);
        o->is_flipped = c.one<int>(101, 1) == 0;
        o->dilations = c.all<int64_t>(102);
        o->steps = c.all<int64_t>(103);
        o->after = c.all<int64_t>(104);
        o->before = c.all<int64_t>(105);
        take({704, 703}, 705);
    } else if (kind == REDUCTION_OPERATION) {
        o->kind = act::REDUCTION;
        o->mode = f.part(1612)->one<int>(1600, 0);
        take({1610}, 1611);
    } else {
        const finished &p = *f.part(750);
        o->kind = act::POINTWISE;
        o->mode = p.one<int>(0, 0);
        o->lower = p.one<double>(3, 0);
        o->upper = p.one<double>(4, INFINITY);
        o->slope = p.one<double>(5, 0);
        o->beta = p.one<double>(8, 1);
        o->factors[0] = f.one<double>(754, 1);
        o->factors[1] = f.one<double>(755, 1);
        take({751, 752, 758}, 753);
        if ((int)o->inputs.size() != operation::inputs_of(o->mode)) {
            return fail(BAD_PARAM, "a pointwise operation has not as many inputs as its mode takes");
        }
    }
    f.as_operation = o;
    return fail(o->check());
}

int finish_graph(finished &f) {
    auto g = std::make_shared<graph>();
    for (const auto &part : f.parts.at(801)) {
        if (!part->as_operation) return fail(DESCRIPTOR_TYPE, "a graph is of operations");
        g->operations.push_back(part->as_operation);
    }
    f.as_graph = g;
    return fail(g->finish());
}

int finish_engine(finished &f) {
    const auto g = f.part(1300)->as_graph;
    const int64_t index = f.one<int64_t>(1301, 0);
    if (index < 0 || index >= engine::count(*g)) return fail(OUT_OF_BOUND, "there is no engine " + std::to_string(index));
    f.as_engine = std::make_shared<engine>(engine{g, index});
    return fail(g->supported(sim_capability()));
}

// Plans by what stands for them where they are kept. The text of the true library has all of a plan in it; here it has a
// number, and the rest stays in the process, whatever becomes of its device.
std::map<std::string, std::shared_ptr<const engine>> &kept_plans() {
    static std::map<std::string, std::shared_ptr<const engine>> plans;
    return plans;
}

std::string kept(const std::shared_ptr<const engine> &e) {
    for (const auto &[text, plan] : kept_plans()) {
        if (plan == e) return text;
    }
    const std::string text = "{\"plan\":" + std::to_string(kept_plans().size()) + "}";
    kept_plans()[text] = e;
    return text;
}

int finish_plan(finished &f) {
    if (f.part(401)) {
        f.as_engine = f.part(401)->as_engine;
        return SUCCESS;
    }
    const auto text = f.all<char>(405);
    const auto found = kept_plans().find(std::string(text.begin(), text.end()));
    if (found == kept_plans().end()) return fail(BAD_PARAM, "this is no plan");
    f.as_engine = found->second;
    return SUCCESS;
}

int finish_pack(finished &f) {
    const auto ids = f.all<int64_t>(1000);
    if (ids.size() != f.all<void *>(1001).size()) return fail(BAD_PARAM, "a variant pack has not as many pointers as identifiers");
    if (std::set<int64_t>(ids.begin(), ids.end()).size() != ids.size()) {
        return fail(DUPLICATED_ENTRIES, "a variant pack names a tensor twice");
    }
    return SUCCESS;
}

int finish(descriptor &d) {
    finished &f = *d.what;
    for (const rule &r : RULES) {
        if (r.kind == d.kind && r.is_needed && !f.values.count(r.name) && !f.parts.count(r.name)) {
            return fail(BAD_PARAM, "the attribute " + std::to_string(r.name) + " is not set");
        }
    }
    if (is_operation(d.kind)) return finish_operation(d.kind, f);
    switch (d.kind) {
    case TENSOR: return finish_tensor(f);
    case POINTWISE: return finish_pointwise(f);
    case CONVOLUTION: return finish_convolution(f);
    case MATMUL: return f.one<int>(1500, ANY) == FLOAT ? SUCCESS : fail(UNSUPPORTED_TYPE, "matmuls are summed in float");
    case REDUCTION: return f.one<int>(1601, ANY) == FLOAT ? SUCCESS : fail(UNSUPPORTED_TYPE, "reductions are summed in float");
    case GRAPH: return finish_graph(f);
    case ENGINE: return finish_engine(f);
    case HEURISTICS: return fail(f.part(201)->as_graph->supported(sim_capability()));
    case CONFIGURATION: f.as_engine = f.part(300)->as_engine; return SUCCESS;
    case PLAN: return finish_plan(f);
    default: return finish_pack(f);
    }
}

// Fills a caller's empty descriptor.
int fill(descriptor *to, int kind, const std::shared_ptr<finished> &what) {
    if (!alive(to)) return fail(NULL_POINTER, "a descriptor to be filled is not there");
    if (to->kind != kind || to->is_finished) return fail(DESCRIPTOR_TYPE, "a descriptor to be filled is of another type, or full");
    to->what = what;
    to->is_finished = true;
    return SUCCESS;
}

std::shared_ptr<finished> engine_of(const std::shared_ptr<const graph> &g, int64_t index) {
    auto f = std::make_shared<finished>();
    f->as_engine = std::make_shared<engine>(engine{g, index});
    return f;
}

int give_engines(const finished &f, int64_t wanted, int64_t *count, descriptor **to) {
    const auto g = f.part(201)->as_graph;
    const int64_t known = engine::count(*g);
    *count = wanted == 0 ? known : std::min(known, wanted);
    for (int64_t i = 0; i < std::min(known, wanted); i++) {
        if (const int status = fill(to[i], CONFIGURATION, engine_of(g, i))) return status;
    }
    return SUCCESS;
}

template <class T> int give(const std::vector<T> &values, int64_t wanted, int64_t *count, void *to) {
    if (count) *count = (int64_t)values.size();
    const size_t given = std::min(values.size(), (size_t)wanted);
    if (given) memcpy(to, values.data(), given * sizeof(T));
    return SUCCESS;
}

void run_job(void *state) {
    ((const job *)state)->run();
    sim_spend(100 - 10 * (int)((const job *)state)->how->index); // so that the first engine is not the best
}

void drop_job(void *state) { delete (job *)state; }

} // namespace

#define BEGIN                                                                                                         \
    if (const int injected = sim_injected(__func__)) return fail(injected, "a test wants this call to fail")

EXPORT size_t cudnnGetVersion() { return 91002; }

EXPORT const char *cudnnGetErrorString(int status) {
    switch (status) {
    case SUCCESS: return "CUDNN_STATUS_SUCCESS";
    case NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
    case NULL_POINTER: return "CUDNN_STATUS_BAD_PARAM_NULL_POINTER";
    case MISALIGNED_POINTER: return "CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER";
    case NOT_FINALIZED: return "CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED";
    case OUT_OF_BOUND: return "CUDNN_STATUS_BAD_PARAM_OUT_OF_BOUND";
    case SIZE_INSUFFICIENT: return "CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT";
    case SHAPE_MISMATCH: return "CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH";
    case DUPLICATED_ENTRIES: return "CUDNN_STATUS_BAD_PARAM_DUPLICATED_ENTRIES";
    case ATTRIBUTE_TYPE: return "CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE";
    case DESCRIPTOR_TYPE: return "CUDNN_STATUS_BAD_PARAM_DESCRIPTOR_TYPE";
    case UNSUPPORTED_PATTERN: return "CUDNN_STATUS_NOT_SUPPORTED_GRAPH_PATTERN";
    case UNSUPPORTED_SHAPE: return "CUDNN_STATUS_NOT_SUPPORTED_SHAPE";
    case UNSUPPORTED_TYPE: return "CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE";
    case UNSUPPORTED_LAYOUT: return "CUDNN_STATUS_NOT_SUPPORTED_LAYOUT";
    default:
        return status >= 5000 ? "CUDNN_STATUS_EXECUTION_FAILED"
            : status >= 4000  ? "CUDNN_STATUS_INTERNAL_ERROR"
            : status >= 3000  ? "CUDNN_STATUS_NOT_SUPPORTED"
                              : "CUDNN_STATUS_BAD_PARAM";
    }
}

// Forgets the message, as the library does.
EXPORT void cudnnGetLastErrorString(char *message, size_t size) {
    if (size) snprintf(message, size, "%s", last_error.c_str());
    last_error.clear();
}

EXPORT int cudnnCreate(handle **result) {
    BEGIN;
    if (!result) return fail(NULL_POINTER, "there is no place for the handle");
    if (sim_capability() == 0) return fail(NOT_INITIALIZED, "there is no device");
    *result = new handle;
    sim_opened("cuDNN handle", *result);
    return SUCCESS;
}

EXPORT int cudnnDestroy(handle *h) {
    const int injected = sim_injected(__func__); // frees all the same
    if (!h || !sim_closed("cuDNN handle", h)) return fail(BAD_PARAM, "no handle");
    delete h;
    return injected ? fail(injected, "a test wants this call to fail") : SUCCESS;
}

EXPORT int cudnnSetStream(handle *h, void *stream) {
    BEGIN;
    if (!alive(h)) return fail(BAD_PARAM, "no handle");
    h->stream = stream;
    return SUCCESS;
}

EXPORT int cudnnGetStream(handle *h, void **stream) {
    BEGIN;
    if (!alive(h) || !stream) return fail(BAD_PARAM, "no handle, or no place for its stream");
    *stream = h->stream;
    return SUCCESS;
}

EXPORT int cudnnBackendCreateDescriptor(int kind, descriptor **result) {
    BEGIN;
    if (!result) return fail(NULL_POINTER, "there is no place for the descriptor");
    for (const rule &r : RULES) {
        if (r.kind != kind) continue;
        *result = new descriptor{kind};
        sim_opened("cuDNN descriptor", *result);
        return SUCCESS;
    }
    return fail(NOT_SUPPORTED, "descriptors of type " + std::to_string(kind) + " are not simulated");
}

EXPORT int cudnnBackendDestroyDescriptor(descriptor *d) {
    const int injected = sim_injected(__func__); // frees all the same
    if (!d || !sim_closed("cuDNN descriptor", d)) return fail(BAD_PARAM, "no descriptor");
    delete d;
    return injected ? fail(injected, "a test wants this call to fail") : SUCCESS;
}

EXPORT int cudnnBackendSetAttribute(descriptor *d, int name, int type, int64_t count, const void *values) {
    BEGIN;
    if (!alive(d)) return fail(BAD_PARAM, "no descriptor");
    if (d->is_finished) return fail(NOT_INITIALIZED, "the descriptor is finalized already");
    const rule *found = nullptr;
    for (const rule &r : RULES) {
        if (r.kind == d->kind && r.name == name) found = &r;
    }
    const std::string attribute = "the attribute " + std::to_string(name);
    if (!found) return fail(BAD_PARAM, attribute + " is none of the descriptor");
    const bool is_single = found->type == DOUBLE && type == REAL;
    if (type != found->type && !is_single) return fail(ATTRIBUTE_TYPE, attribute + " is of another type");
    if (count < 1 || count > found->most) return fail(BAD_PARAM, attribute + " is of another number of values");
    if (!values) return fail(NULL_POINTER, attribute + " has no values");
    if (type == DESCRIPTOR) {
        std::vector<std::shared_ptr<const finished>> parts;
        for (int64_t i = 0; i < count; i++) {
            const descriptor *part = ((descriptor *const *)values)[i];
            if (!alive(part)) return fail(NULL_POINTER, attribute + " is of a descriptor that is not there");
            if (!part->is_finished) return fail(NOT_FINALIZED, attribute + " is of a descriptor that is not finalized");
            if (found->of != ANY && part->kind != found->of) return fail(DESCRIPTOR_TYPE, attribute + " is of another descriptor");
            parts.push_back(part->what);
        }
        d->what->parts[name] = std::move(parts);
    } else if (type == HANDLE && !alive(*(handle *const *)values)) {
        return fail(NULL_POINTER, attribute + " is of a handle that is not there");
    } else if (is_single) {
        const double wide = *(const float *)values;
        d->what->values[name].assign((const char *)&wide, (const char *)(&wide + 1));
    } else {
        d->what->values[name].assign((const char *)values, (const char *)values + (size_t)count * bytes_of(type));
    }
    return SUCCESS;
}

EXPORT int cudnnBackendFinalize(descriptor *d) {
    BEGIN;
    if (!alive(d)) return fail(BAD_PARAM, "no descriptor");
    if (d->is_finished) return fail(BAD_PARAM, "the descriptor is finalized already");
    const int status = finish(*d);
    d->is_finished = status == SUCCESS;
    return status;
}

EXPORT int cudnnBackendGetAttribute(descriptor *d, int name, int type, int64_t wanted, int64_t *count, void *values) {
    BEGIN;
    if (!alive(d)) return fail(BAD_PARAM, "no descriptor");
    if (!d->is_finished) return fail(NOT_FINALIZED, "the descriptor is not finalized");
    if (wanted < 0 || (wanted > 0 && !values)) return fail(NULL_POINTER, "there is no place for the values");
    const finished &f = *d->what;
    if (d->kind == HEURISTICS && name == 202 && type == DESCRIPTOR) {
        if (!count) return fail(NULL_POINTER, "there is no place for the number of engines");
        return give_engines(f, wanted, count, (descriptor **)values);
    }
    if (d->kind == CONFIGURATION && name == 300 && type == DESCRIPTOR) {
        if (count) *count = 1;
        return wanted ? fill(*(descriptor **)values, ENGINE, engine_of(f.as_engine->what, f.as_engine->index)) : SUCCESS;
    }
    if (d->kind == ENGINE && name == 1301 && type == INT64) return give(std::vector{f.as_engine->index}, wanted, count, values);
    if (d->kind == ENGINE && name == 1303 && type == NUMERICAL_NOTE) {
        const int tensor_core = 0;
        return give(std::vector<int>(f.as_engine->has_tensor_cores(), tensor_core), wanted, count, values);
    }
    if (d->kind == GRAPH && name == 802 && type == INT64) {
        return give(std::vector{engine::count(*f.as_graph)}, wanted, count, values);
    }
    if (d->kind == PLAN && name == 405 && type == TEXT) {
        const std::string text = kept(f.as_engine);
        return give(std::vector(text.begin(), text.end()), wanted, count, values);
    }
    if (d->kind == PLAN && name == 402 && type == INT64) {
        return give(std::vector{f.as_engine->workspace()}, wanted, count, values);
    }
    return fail(NOT_SUPPORTED, "getting the attribute " + std::to_string(name) + " as this type is not simulated");
}

EXPORT int cudnnBackendExecute(handle *h, descriptor *plan, descriptor *pack) {
    BEGIN;
    if (!alive(h) || !alive(plan) || !alive(pack)) return fail(BAD_PARAM, "no handle, plan or variant pack");
    if (plan->kind != PLAN || pack->kind != VARIANT_PACK) return fail(DESCRIPTOR_TYPE, "a plan and a variant pack are executed");
    if (!plan->is_finished || !pack->is_finished) return fail(NOT_FINALIZED, "the plan or the variant pack is not finalized");
    auto work = std::make_unique<job>();
    work->how = plan->what->as_engine;
    work->workspace = pack->what->one<unsigned long long>(1003, 0);
    if (work->how->workspace() && !work->workspace) return fail(NULL_POINTER, "the plan needs a workspace");
    const auto ids = pack->what->all<int64_t>(1000);
    const auto pointers = pack->what->all<unsigned long long>(1001);
    for (const auto &[id, t] : work->how->what->operands()) {
        size_t i = 0;
        while (i < ids.size() && ids[i] != id) i++;
        if (i == ids.size()) return fail(BAD_PARAM, "the variant pack lacks the tensor " + std::to_string(id));
        if (!pointers[i]) return fail(NULL_POINTER, "the tensor " + std::to_string(id) + " is nowhere");
        if (!t->is_by_value && pointers[i] % (unsigned long long)t->alignment) {
            return fail(MISALIGNED_POINTER, "the tensor " + std::to_string(id) + " is not aligned as was said");
        }
        work->operands[id] = {pointers[i], t->is_by_value ? *(const float *)pointers[i] : 0.0f};
    }
    const int status = sim_enqueue(h->stream, "cudnnBackendExecute", run_job, drop_job, work.release());
    return status ? fail(EXECUTION_FAILED, "the driver said " + std::to_string(status)) : SUCCESS;
}
