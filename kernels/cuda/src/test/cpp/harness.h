// SPDX-License-Identifier: Apache-2.0
//
// What the checks of the kernels have in common: operands in heap blocks of exactly their size, launches in several
// orders of threads and blocks that must give the same bits, and the comparison with a result in double.
#pragma once

#include "shim.h"
#include "storage.cuh"

#include <functional>
#include <random>
#include <span>

constexpr double FLOAT_UNIT = 0x1p-24;
#if defined(STORAGE_F32)
constexpr double UNIT = FLOAT_UNIT, SMALLEST = 0x1p-149;
#elif defined(STORAGE_F16)
constexpr double UNIT = 0x1p-11, SMALLEST = 0x1p-24;
#else
constexpr double UNIT = 0x1p-8, SMALLEST = 0x1p-133;
#endif

constexpr unsigned char UNTOUCHED = 0x5A;

inline float as_double(float x) { return x; }
#ifndef STORAGE_F32
inline float as_double(real x) { return widen(x); }
#endif

struct failed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Draws what is not fixed by a check.
struct choices {
    std::mt19937 random;

    explicit choices(unsigned seed) : random(seed) {}
    int between(int low, int high) { return (int)(random() % (unsigned)(high - low + 1)) + low; }
    bool coin() { return random() & 1; }
    float normal(float deviation = 1) { return std::normal_distribution<float>(0, deviation)(random); }
};

// Rows with gaps between them; nothing lies before the first element but what makes it unaligned, nothing behind the
// last one.
template <class T>
class rows_of {
  public:
    rows_of(int rows, int columns, int stride, int skipped = 0)
        : rows(rows), columns(columns), stride(stride), skipped(skipped),
          memory(skipped + (size_t)(rows - 1) * stride + columns) {}

    // A layout of any kind: dense, with rows that begin at whole packs, or neither.
    rows_of(int rows, int columns, choices &c)
        : rows_of(rows, columns,
                  c.coin() ? columns : c.coin() ? (columns + PACK - 1) / PACK * PACK : columns + c.between(1, 5),
                  c.between(0, 3) == 0) {}

    rows_of &fill(const std::function<float()> &next) {
        for (T &each : memory) {
            if constexpr (std::is_same_v<T, float>) {
                each = next();
            } else {
                each = narrow(next());
            }
        }
        return *this;
    }

    T *start() { return memory.data() + skipped; }
    double at(int row, int column) const { return as_double(memory[skipped + (size_t)row * stride + column]); }
    double at(long long element) const { return as_double(memory[skipped + element]); }
    std::span<unsigned char> bytes() { return {(unsigned char *)memory.data(), memory.size() * sizeof(T)}; }
    std::span<unsigned char> bytes_of(size_t element) {
        return {(unsigned char *)(memory.data() + element), sizeof(T)};
    }
    size_t size() const { return memory.size(); }

    const int rows, columns, stride, skipped;

  private:
    std::vector<T> memory;
};

using matrix = rows_of<real>;
using floats = rows_of<float>;

// A result in double, and how far float arithmetic may be from it before it is narrowed.
struct wanted {
    double value, slack;
};

inline void want(const char *name, double found, wanted w) {
    const double allowed = w.slack * (1 + UNIT) + UNIT * std::abs(w.value) * 1.0001 + SMALLEST / 2;
    if (!(std::abs(found - w.value) <= allowed)) {
        char text[160];
        snprintf(text, sizeof text, "%s gives %.9g, not %.9g within %.3g", name, found, w.value, allowed);
        throw failed(text);
    }
}

// All elements, and that what lies between rows was left alone.
template <class T, class Wanted>
void want_all(const char *name, rows_of<T> &y, const Wanted &of) {
    for (size_t i = 0; i < y.size(); i++) {
        const long long place = (long long)i - y.skipped;
        if (place >= 0 && place % y.stride < y.columns) {
            want(name, y.at(place), of((int)(place / y.stride), (int)(place % y.stride)));
        } else {
            for (const unsigned char byte : y.bytes_of(i)) {
                if (byte != UNTOUCHED) throw failed(std::string(name) + " writes between rows");
            }
        }
    }
}

// A kernel, and everything that a launch says.
struct launcher {
    const char *name;
    shim::dim grid, block;
    size_t dynamic_bytes = 0;
    std::vector<char> packed = {};

    template <class... Arguments>
    launcher &with(const Arguments &...arguments) {
        (append(arguments), ...);
        return *this;
    }

    // Runs it with threads and blocks in their order, and then in others.
    void run(const std::vector<std::span<unsigned char>> &results) const {
        std::vector<std::vector<unsigned char>> first;
        for (const unsigned seed : {0u, 1u, 2u}) {
            for (const auto &result : results) std::fill(result.begin(), result.end(), UNTOUCHED);
            const std::string failure = kernel().launch({grid, block, dynamic_bytes, seed}, packed.data(),
                                                        packed.size(), [](uint64_t at) { return (void *)at; });
            if (!failure.empty()) throw failed(std::string(name) + ": " + failure);
            for (size_t i = 0; i < results.size(); i++) {
                if (seed == 0) {
                    first.emplace_back(results[i].begin(), results[i].end());
                } else if (!std::equal(results[i].begin(), results[i].end(), first[i].begin())) {
                    throw failed(std::string(name) + " gives other bits with threads in another order");
                }
            }
        }
    }

  private:
    template <class T>
    void append(const T &argument) {
        packed.resize((packed.size() + alignof(T) - 1) / alignof(T) * alignof(T));
        packed.insert(packed.end(), (const char *)&argument, (const char *)(&argument + 1));
    }

    const shim::entry &kernel() const {
        for (const auto &each : shim::entries()) {
            if (each.name == name) return each;
        }
        throw failed(std::string("there is no kernel ") + name);
    }
};

inline unsigned parts(long long whole, int part) { return (unsigned)((whole + part - 1) / part); }
