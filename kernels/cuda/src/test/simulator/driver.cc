// SPDX-License-Identifier: Apache-2.0
//
// libcuda: the functions of the driver that the backend calls (CUDA Driver API reference, version 12), over the host's memory. Work
// in streams waits until somebody waits for it.
#include "world.h"

#include "../shim/shim.h"

#include <algorithm>
#include <cstring>
#include <dlfcn.h>
#include <utility>

#define EXPORT extern "C" __attribute__((visibility("default")))

using namespace sim;

namespace {

// Kernels compiled for a host, as the simulated compiler names them.
struct module {
    std::vector<shim::entry> *kernels;
};

struct function {
    const shim::entry *kernel;
    int dynamic_bytes = 48 << 10;
};

// An event may be destroyed before the stream comes to it.
struct event {
    struct moment {
        bool is_recorded = false;
        int64_t microseconds = 0;
    };
    std::shared_ptr<moment> when = std::make_shared<moment>();
};

thread_local std::vector<const void *> contexts; // the calling thread's, the current one last

constexpr int THREADS = 1024, GRID_Y = 65535;
constexpr uintptr_t PARAMETERS = 1, PARAMETERS_SIZE = 2, END = 0;

const void *the_context() { return &the_world(); }

// What every call begins with: the test's status, and that of a context that is lost.
#define BEGIN                                                                                                         \
    auto &w = the_world();                                                                                            \
    const std::lock_guard locked(w.lock);                                                                             \
    if (const int injected = sim_injected(__func__)) return failed(injected)

// Calls that free something do so even if a test wants them to fail: the true ones report what went wrong before.
#define BEGIN_FREEING                                                                                                 \
    auto &w = the_world();                                                                                            \
    const std::lock_guard locked(w.lock);                                                                             \
    const int injected = failed(sim_injected(__func__))

// Calls that need a context.
#define IN_CONTEXT                                                                                                    \
    BEGIN;                                                                                                            \
    if (contexts.empty()) return INVALID_CONTEXT;                                                                     \
    if (w.lost) return w.lost

// Calls that a capture does not allow.
#define NOT_IN_CAPTURES                                                                                               \
    if (w.is_capturing()) {                                                                                           \
        w.spoil_captures();                                                                                           \
        return CAPTURE_UNSUPPORTED;                                                                                   \
    }
#define OUTSIDE_CAPTURES                                                                                              \
    IN_CONTEXT;                                                                                                       \
    NOT_IN_CAPTURES

// Calls that free something within a context.
#define FREEING                                                                                                       \
    BEGIN_FREEING;                                                                                                    \
    if (contexts.empty()) return INVALID_CONTEXT;                                                                     \
    NOT_IN_CAPTURES

bool is_sticky(int status) { return status == ECC || (status >= 700 && status < 800) || status == UNKNOWN; }

int failed(int status) {
    if (is_sticky(status)) the_world().lose(status);
    return status;
}

struct text {
    int status;
    const char *name, *meaning;
};

constexpr text TEXTS[] = {
    {SUCCESS, "CUDA_SUCCESS", "no error"},
    {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {NO_BINARY_FOR_GPU, "CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"},
    {ECC, "CUDA_ERROR_ECC_UNCORRECTABLE", "uncorrectable ECC error encountered"},
    {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
    {CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
    {CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture"},
    {UNKNOWN, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

int text_of(int status, const char **to, const char *text::*part) {
    for (const text &each : TEXTS) {
        if (each.status != status) continue;
        *to = each.*part;
        return SUCCESS;
    }
    return INVALID_VALUE;
}

template <class T> T *opened(const char *kind, T *handle) {
    sim_opened(kind, handle);
    return handle;
}

// The kernels of one storage type, from the library beside this one.
std::vector<shim::entry> *kernels_of(const std::string &storage) {
    Dl_info here;
    if (!dladdr((void *)&sim_memory, &here)) return nullptr;
    const std::string path = here.dli_fname;
    void *library = dlopen((path.substr(0, path.rfind('/') + 1) + "kernels-" + storage + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) return nullptr;
    auto *all = (std::vector<shim::entry> * (*)()) dlsym(library, "sim_kernels");
    return all ? all() : nullptr;
}

// What is wrong with a launch for this device, or nothing.
std::string refusal(const profile &device, const function &f, const shim::shape &s, size_t bytes) {
    const size_t threads = (size_t)s.block.x * s.block.y * s.block.z;
    size_t end = 0;
    for (const auto &[offset, size] : f.kernel->parameters) end = offset + size;
    if (threads == 0 || threads > THREADS || s.block.z > 64) return "blocks of " + std::to_string(threads) + " threads";
    if (s.grid.x == 0 || s.grid.x > INT32_MAX || s.grid.y == 0 || s.grid.y > GRID_Y || s.grid.z == 0 || s.grid.z > GRID_Y) {
        return "a grid of such extents";
    }
    if (s.dynamic_bytes > (size_t)f.dynamic_bytes) return "more shared memory than was asked for";
    if (s.dynamic_bytes > (size_t)device.shared_opt_in) return "more shared memory than the device has";
    if (bytes != end) return "arguments of " + std::to_string(bytes) + " bytes, not " + std::to_string(end);
    return "";
}

// Runs a kernel; what is wrong with it, or nothing. An address that is not there loses the device, and nothing runs.
std::string run(const shim::entry &kernel, const shim::shape &shape, const std::vector<char> &packed) {
    struct nowhere {};
    const auto on_host = [](uint64_t address) -> void * {
        void *place = address ? sim_memory(address, 0) : nullptr;
        if (address && !place) throw nowhere();
        return place;
    };
    try {
        return kernel.launch(shape, packed.data(), packed.size(), on_host);
    } catch (nowhere) {
        return "";
    }
}

} // namespace

EXPORT int cuInit(unsigned) {
    BEGIN;
    return w.device ? SUCCESS : NO_DEVICE;
}

EXPORT int cuDriverGetVersion(int *version) {
    BEGIN;
    *version = w.driver_version;
    return SUCCESS;
}

EXPORT int cuGetErrorName(int status, const char **name) { return text_of(status, name, &text::name); }
EXPORT int cuGetErrorString(int status, const char **meaning) { return text_of(status, meaning, &text::meaning); }

EXPORT int cuDeviceGetCount(int *count) {
    BEGIN;
    *count = w.device ? 1 : 0;
    return SUCCESS;
}

EXPORT int cuDeviceGet(int *device, int ordinal) {
    BEGIN;
    if (ordinal != 0 || !w.device) return INVALID_DEVICE;
    *device = 0;
    return SUCCESS;
}

EXPORT int cuDeviceGetName(char *name, int size, int) {
    BEGIN;
    snprintf(name, (size_t)size, "%s", w.device->name);
    return SUCCESS;
}

EXPORT int cuDeviceGetAttribute(int *value, int attribute, int) {
    BEGIN;
    switch (attribute) {
    case 13: *value = w.device->kilohertz; return SUCCESS;
    case 16: *value = w.device->multiprocessors; return SUCCESS;
    case 75: *value = w.device->capability / 10; return SUCCESS;
    case 76: *value = w.device->capability % 10; return SUCCESS;
    case 97: *value = w.device->shared_opt_in; return SUCCESS;
    default: return INVALID_VALUE;
    }
}

// -------------------------------------------------------------------------------------------------------------- contexts

EXPORT int cuDevicePrimaryCtxRetain(const void **context, int) {
    BEGIN;
    w.context_users++;
    *context = the_context();
    return SUCCESS;
}

EXPORT int cuDevicePrimaryCtxRelease_v2(int) {
    BEGIN_FREEING;
    if (w.context_users == 0) return INVALID_CONTEXT;
    if (--w.context_users == 0) {
        if (!w.lost) w.end_context(); // else the driver frees all of it
        w.open.clear();
        w.memory.clear();
        w.pinned.clear();
        w.streams.clear();
        w.lost = 0;
    }
    return injected;
}

EXPORT int cuCtxPushCurrent_v2(const void *context) {
    BEGIN;
    if (context != the_context() || w.context_users == 0) return INVALID_CONTEXT;
    contexts.push_back(context);
    return SUCCESS;
}

EXPORT int cuCtxPopCurrent_v2(const void **context) {
    BEGIN_FREEING;
    if (contexts.empty()) return INVALID_CONTEXT;
    *context = contexts.back();
    contexts.pop_back();
    return injected;
}

// ---------------------------------------------------------------------------------------------------------------- memory

EXPORT int cuMemGetInfo_v2(size_t *free, size_t *total) {
    IN_CONTEXT;
    *free = w.bytes_left;
    *total = w.device->bytes;
    return SUCCESS;
}

EXPORT int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
    OUTSIDE_CAPTURES;
    if (bytes == 0) return INVALID_VALUE;
    if (bytes > w.bytes_left) return OUT_OF_MEMORY;
    *address = w.allocate(bytes);
    return SUCCESS;
}

EXPORT int cuMemFree_v2(uint64_t address) {
    FREEING;
    if (w.release(address)) return injected;
    w.defect("device memory was freed that is not there");
    return INVALID_VALUE;
}

EXPORT int cuMemHostAlloc(void **address, size_t bytes, unsigned) {
    OUTSIDE_CAPTURES;
    *address = malloc(bytes);
    memset(*address, 0xFF, bytes);
    w.pinned.emplace((uint64_t)*address, bytes);
    return SUCCESS;
}

EXPORT int cuMemFreeHost(void *address) {
    FREEING;
    if (w.pinned.erase((uint64_t)address) == 0) {
        w.defect("pinned memory was freed that is not there");
        return INVALID_VALUE;
    }
    free(address);
    return injected;
}

EXPORT int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t bytes) {
    OUTSIDE_CAPTURES;
    unsigned char *place = w.find(to, bytes);
    if (!place) return INVALID_VALUE;
    memcpy(place, from, bytes);
    return SUCCESS;
}

EXPORT int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, stream *s) {
    IN_CONTEXT;
    if (!w.is_pinned(from, bytes)) w.defect("a copy in a stream is from memory that is not pinned");
    return w.put(s, {"copy to the device", [=, &w] {
                         void *place = sim_memory(to, bytes);
                         if (!w.is_pinned(from, bytes)) w.lose(ILLEGAL_ADDRESS);
                         else if (place) memcpy(place, from, bytes);
                     }});
}

EXPORT int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, stream *s) {
    IN_CONTEXT;
    if (!w.is_pinned(to, bytes)) w.defect("a copy in a stream is to memory that is not pinned");
    return w.put(s, {"copy from the device", [=, &w] {
                         const void *place = sim_memory(from, bytes);
                         if (!w.is_pinned(to, bytes)) w.lose(ILLEGAL_ADDRESS);
                         else if (place) memcpy(to, place, bytes);
                     }});
}

// ------------------------------------------------------------------------------------------------ streams, events, graphs

EXPORT int cuStreamCreate(stream **result, unsigned) {
    OUTSIDE_CAPTURES;
    *result = opened("stream", new stream);
    w.streams.push_back(*result);
    return SUCCESS;
}

EXPORT int cuStreamDestroy_v2(stream *s) {
    FREEING;
    if (!sim_closed("stream", s)) return INVALID_HANDLE;
    w.drain(s);
    w.streams.erase(std::find(w.streams.begin(), w.streams.end(), s));
    delete s;
    return injected;
}

EXPORT int cuStreamSynchronize(stream *s) {
    IN_CONTEXT;
    if (!sim_alive("stream", s)) return INVALID_HANDLE;
    if (s->written) {
        s->is_spoilt = true;
        return CAPTURE_UNSUPPORTED;
    }
    w.drain(s);
    return w.lost;
}

EXPORT int cuStreamBeginCapture_v2(stream *s, int) {
    IN_CONTEXT;
    if (!sim_alive("stream", s)) return INVALID_HANDLE;
    if (s->written) return INVALID_VALUE;
    s->written = std::make_unique<graph>();
    s->writer = std::this_thread::get_id();
    return SUCCESS;
}

EXPORT int cuStreamEndCapture(stream *s, graph **result) {
    BEGIN_FREEING;
    if (!sim_alive("stream", s)) return INVALID_HANDLE;
    *result = nullptr;
    if (!s->written) return INVALID_VALUE;
    const std::unique_ptr<graph> written = std::move(s->written);
    if (std::exchange(s->is_spoilt, false)) return CAPTURE_INVALIDATED;
    if (injected || w.lost) return injected ? injected : w.lost;
    *result = opened("graph", new graph(*written));
    return SUCCESS;
}

EXPORT int cuGraphGetNodes(graph *g, void **, size_t *count) {
    IN_CONTEXT;
    if (!sim_alive("graph", g)) return INVALID_HANDLE;
    *count = g->nodes.size();
    return SUCCESS;
}

EXPORT int cuGraphInstantiateWithFlags(graph **result, graph *g, unsigned long long) {
    IN_CONTEXT;
    if (!sim_alive("graph", g)) return INVALID_HANDLE;
    *result = opened("executable graph", new graph(*g));
    return SUCCESS;
}

EXPORT int cuGraphLaunch(graph *g, stream *s) {
    IN_CONTEXT;
    if (!sim_alive("executable graph", g)) return INVALID_HANDLE;
    for (const task &each : g->nodes) {
        if (const int status = w.put(s, each)) return status;
    }
    return SUCCESS;
}

EXPORT int cuGraphDestroy(graph *g) {
    BEGIN_FREEING;
    if (!sim_closed("graph", g)) return INVALID_HANDLE;
    delete g;
    return injected;
}

EXPORT int cuGraphExecDestroy(graph *g) {
    BEGIN_FREEING;
    if (!sim_closed("executable graph", g)) return INVALID_HANDLE;
    delete g;
    return injected;
}

EXPORT int cuEventCreate(event **result, unsigned) {
    IN_CONTEXT;
    *result = opened("event", new event);
    return SUCCESS;
}

EXPORT int cuEventRecord(event *e, stream *s) {
    IN_CONTEXT;
    if (!sim_alive("event", e)) return INVALID_HANDLE;
    return w.put(s, {"an event", [when = e->when, &w] { *when = {true, w.microseconds}; }});
}

EXPORT int cuEventElapsedTime(float *milliseconds, event *from, event *to) {
    IN_CONTEXT;
    if (!sim_alive("event", from) || !sim_alive("event", to)) return INVALID_HANDLE;
    if (!from->when->is_recorded || !to->when->is_recorded) return INVALID_VALUE;
    *milliseconds = 0.001f * (float)(1 + to->when->microseconds - from->when->microseconds);
    return SUCCESS;
}

EXPORT int cuEventDestroy_v2(event *e) {
    BEGIN_FREEING;
    if (!sim_closed("event", e)) return INVALID_HANDLE;
    delete e;
    return injected;
}

// --------------------------------------------------------------------------------------------------------------- kernels

// An image is what the simulated compiler gives: "avocet simulated cubin STORAGE ARCHITECTURE".
EXPORT int cuModuleLoadData(module **result, const char *image) {
    OUTSIDE_CAPTURES;
    char storage[8];
    int capability;
    if (sscanf(image, "avocet simulated cubin %7s sm_%d", storage, &capability) != 2) return INVALID_IMAGE;
    if (capability / 10 != w.device->capability / 10 || capability > w.device->capability) return NO_BINARY_FOR_GPU;
    auto *kernels = kernels_of(storage);
    if (!kernels) return INVALID_IMAGE;
    *result = opened("module", new module{kernels});
    return SUCCESS;
}

EXPORT int cuModuleUnload(module *m) {
    BEGIN_FREEING;
    if (!sim_closed("module", m)) return INVALID_HANDLE;
    delete m;
    return injected;
}

EXPORT int cuModuleGetFunction(function **result, module *m, const char *name) {
    IN_CONTEXT;
    if (!sim_alive("module", m)) return INVALID_HANDLE;
    for (const auto &each : *m->kernels) {
        if (each.name != name) continue;
        static std::map<const shim::entry *, function> functions; // they live as long as the process, like the kernels
        *result = &functions.try_emplace(&each, function{&each}).first->second;
        return SUCCESS;
    }
    return NOT_FOUND;
}

EXPORT int cuFuncSetAttribute(function *f, int attribute, int value) {
    IN_CONTEXT;
    if (attribute != 8 || value > w.device->shared_opt_in) return INVALID_VALUE;
    f->dynamic_bytes = std::max(f->dynamic_bytes, value);
    return SUCCESS;
}

EXPORT int cuLaunchKernel(function *f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                          unsigned shared_bytes, stream *s, void **parameters, void **extra) {
    IN_CONTEXT;
    if (parameters || !extra || (uintptr_t)extra[0] != PARAMETERS || (uintptr_t)extra[2] != PARAMETERS_SIZE
        || (uintptr_t)extra[4] != END) {
        return INVALID_VALUE;
    }
    const size_t bytes = *(const size_t *)extra[3];
    const std::vector<char> packed((const char *)extra[1], (const char *)extra[1] + bytes); // the caller may reuse its own
    shim::shape shape{{gx, gy, gz}, {bx, by, bz}, shared_bytes, 1 + (unsigned)w.random() % 1000};
    const std::string wrong = refusal(*w.device, *f, shape, bytes);
    if (!wrong.empty()) {
        w.defect(f->kernel->name + " was launched with " + wrong);
        return INVALID_VALUE;
    }
    return w.put(s, {f->kernel->name, [=, &w] {
        const std::string failure = run(*f->kernel, shape, packed);
        if (w.lost) return; // by an address
        if (failure.empty()) return;
        w.defect(f->kernel->name + ": " + failure);
        w.lose(LAUNCH_FAILED);
    }});
}
