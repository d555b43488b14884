// SPDX-License-Identifier: Apache-2.0
//
// Runs CUDA kernels on a host, for tests: every .cu file is compiled unchanged by g++ with this header before it.
//
// A block's threads are fibers of one host thread, so they switch only where they wait for each other: in which order
// they run between two such places is drawn from a seed, and a result that depends on it is a defect of the kernel.
// Shared memory is checked at every access: its bounds, that it was written before it is read, and that no two threads
// touch a word without a barrier between unless all of them read. One launch runs on one host thread; several host
// threads may launch at once.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace shim {

struct dim {
    unsigned x = 1, y = 1, z = 1;
};

struct shape {
    dim grid, block;
    size_t dynamic_bytes = 0;
    unsigned seed = 0; // 0: threads and blocks in their order
};

// A defect of the kernel that runs.
struct defect : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// What CUDA's built-in variables say to the thread that runs.
struct thread {
    dim index, block, block_extent, grid_extent;
};

const thread &current();

// Runs a kernel over a grid; what was wrong, or nothing.
std::string run(const shape &launch, const std::function<void()> &kernel);

void barrier();
uint32_t exchange(uint32_t mask, uint32_t value, int from_lane);
int lane();

size_t static_shared(const void *declaration, size_t floats);
size_t dynamic_shared();
float read_shared(size_t word);
void write_shared(size_t word, float value);

// A pointer to floats in shared memory.
class shared_floats {
  public:
    class element {
      public:
        explicit element(size_t word) : word(word) {}
        operator float() const { return read_shared(word); }
        const element &operator=(float value) const {
            write_shared(word, value);
            return *this;
        }
        const element &operator=(const element &other) const { return *this = (float)other; }

      private:
        size_t word;
    };

    explicit shared_floats(size_t word) : word(word) {}
    element operator[](long long index) const { return element(word + index); }
    element operator*() const { return element(word); }
    shared_floats operator+(long long words) const { return shared_floats(word + words); }

  private:
    size_t word;
};

float float_of_half(uint16_t bits);
uint16_t half_of_float(float value);

// ------------------------------------------------------------------------------------- kernels by name, with packed arguments

// How an argument that is a pointer is found on the host, given what the kernel was launched with.
using translation = std::function<void *(uint64_t address)>;

struct entry {
    std::string name;
    std::function<std::string(const shape &, const void *packed, size_t bytes, const translation &)> launch;
    std::vector<std::pair<size_t, size_t>> parameters; // offset and size of each
};

std::vector<entry> &entries();

template <class T>
T unpacked(const char *packed, const translation &translate) {
    if constexpr (std::is_pointer_v<T>) {
        uint64_t address;
        memcpy(&address, packed, sizeof address);
        return (T)translate(address);
    } else {
        T value;
        memcpy(&value, packed, sizeof value);
        return value;
    }
}

template <auto Kernel>
struct registration;

template <class... Parameters, void (*Kernel)(Parameters...)>
struct registration<Kernel> {
    explicit registration(const char *name) {
        std::vector<std::pair<size_t, size_t>> places;
        size_t end = 0;
        ((end = (end + alignof(Parameters) - 1) / alignof(Parameters) * alignof(Parameters),
          places.emplace_back(end, sizeof(Parameters)), end += sizeof(Parameters)),
         ...);
        auto launch = [places, end](const shape &s, const void *packed, size_t bytes, const translation &translate) {
            if (bytes != end) {
                return "the arguments take " + std::to_string(end) + " bytes, not " + std::to_string(bytes);
            }
            return call(s, (const char *)packed, places, translate, std::index_sequence_for<Parameters...>());
        };
        entries().push_back({name, launch, places});
    }

    template <size_t... I>
    static std::string call(const shape &s, const char *packed, const std::vector<std::pair<size_t, size_t>> &places,
                            const translation &translate, std::index_sequence<I...>) {
        const std::tuple<Parameters...> arguments(unpacked<Parameters>(packed + places[I].first, translate)...);
        return run(s, [&] { std::apply(Kernel, arguments); });
    }
};

} // namespace shim

// ----------------------------------------------------------------------------------------------- what .cu files are written in

#define __global__
#define __device__
#define threadIdx (shim::current().index)
#define blockIdx (shim::current().block)
#define blockDim (shim::current().block_extent)
#define gridDim (shim::current().grid_extent)

using shim::shared_floats;
#define SHARED_FLOATS(name, count)                                                                                    \
    static const char name##_declaration = 0;                                                                         \
    const shared_floats name(shim::static_shared(&name##_declaration, count))
#define DYNAMIC_FLOATS(name) const shared_floats name(shim::dynamic_shared())

inline void __syncthreads() { shim::barrier(); }
inline float __int_as_float(int bits) { return std::bit_cast<float>(bits); }
inline float __uint_as_float(unsigned bits) { return std::bit_cast<float>(bits); }
inline unsigned __float_as_uint(float value) { return std::bit_cast<unsigned>(value); }
inline float host_float_of_half(unsigned short bits) { return shim::float_of_half(bits); }
inline unsigned short host_half_of_float(float value) { return shim::half_of_float(value); }

inline float __shfl_xor_sync(unsigned mask, float value, int distance) {
    return std::bit_cast<float>(shim::exchange(mask, std::bit_cast<uint32_t>(value), shim::lane() ^ distance));
}

inline float __shfl_sync(unsigned mask, float value, int from) {
    return std::bit_cast<float>(shim::exchange(mask, std::bit_cast<uint32_t>(value), from));
}
