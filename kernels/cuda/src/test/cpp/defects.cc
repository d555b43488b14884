// SPDX-License-Identifier: Apache-2.0
//
// Kernels with defects, each of which must be reported. Usage: defects [outside]; `outside` writes beyond a heap block,
// which the sanitizer for addresses must stop.
#include "shim.h"

#include "reduce.cuh"

#include <memory>

namespace {

constexpr int THREADS = 64;

int failures = 0;

// What a launch of one block says must contain `wanted`, in whatever order threads run.
void reports(const char *name, const char *wanted, const std::function<void()> &kernel) {
    for (const unsigned seed : {0u, 1u, 2u, 3u}) {
        const std::string found = shim::run({{1}, {THREADS}, THREADS * sizeof(float), seed}, kernel);
        if (*wanted ? found.find(wanted) == std::string::npos : !found.empty()) {
            printf("%s: not '%s' but '%s'\n", name, wanted, found.c_str());
            failures++;
        }
    }
}

int me() { return (int)threadIdx.x; }

int neighbour() { return (me() + 1) % THREADS; }

} // namespace

int main(int count, char **) {
    if (count > 1) {
        const std::unique_ptr<float[]> memory(new float[THREADS - 1]);
        shim::run({{1}, {THREADS}}, [&] { memory[me()] = 0; });
        return 0;
    }
    float result[THREADS];
    reports("no defect", "", [&] {
        DYNAMIC_FLOATS(shared);
        SHARED_FLOATS(joined, THREADS / WARP);
        shared[me()] = (float)me();
        __syncthreads();
        result[me()] = over_block<plus>(shared[neighbour()], joined);
    });
    for (const float each : result) failures += each != THREADS * (THREADS - 1) / 2;
    reports("a barrier that is missing", "in shared memory was", [] {
        DYNAMIC_FLOATS(shared);
        shared[me()] = 1;
        if (shared[neighbour()] != 1) return;
    });
    reports("a second barrier that is missing", "a race", [] {
        DYNAMIC_FLOATS(shared);
        shared[me()] = 1;
        __syncthreads();
        const float read = shared[neighbour()];
        shared[me()] = read;
    });
    reports("two that write one place", "a race", [] {
        DYNAMIC_FLOATS(shared);
        shared[0] = (float)me();
    });
    reports("a place that nobody wrote", "before it was written", [] {
        DYNAMIC_FLOATS(shared);
        if (shared[me()] == 0) return;
    });
    reports("a place behind the last", "in shared memory was touched", [] {
        DYNAMIC_FLOATS(shared);
        shared[me() + 1] = 0;
    });
    reports("a barrier for a part of the block", "deadlock", [] {
        if (me() < THREADS / 2) __syncthreads();
    });
    reports("an exchange by a part of the warp", "deadlock", [] {
        if (me() % 2) over_warp<plus>(1);
    });
    reports("a barrier for some and an exchange for others", "deadlock", [] {
        if (me() % 2) {
            over_warp<plus>(1);
        } else {
            __syncthreads();
        }
    });
    reports("a lane that is not there", "which its warp lacks", [] { __shfl_sync(WHOLE_WARP, 1.0f, WARP); });
    reports("an exchange that names a part of the warp", "a part of a warp", [] { __shfl_sync(1, 1.0f, 0); });
    return failures != 0;
}
