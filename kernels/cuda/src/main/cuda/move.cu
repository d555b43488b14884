// SPDX-License-Identifier: Apache-2.0
//
// Elements from one place to another: slices, joined tensors, patches of pictures, channels first and last, and the
// floats that come from the host and go there. Grid (ceil(elements / 256)), block 256: one thread for each element.
#include "storage.cuh"
#include "walk.cuh"

struct movement {
    extents extent;
    steps x, y;
};

__device__ inline float as_float(float x) { return x; }
__device__ inline void put(float *y, float x) { *y = x; }

#ifndef STORAGE_F32
__device__ inline float as_float(real x) { return widen(x); }
__device__ inline void put(real *y, float x) { *y = narrow(x); }
#endif

template <class From, class To>
__device__ void moved(const From *x, To *y, const movement &m) {
    const long long index = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= count_of(m.extent)) return;
    const steps *const ways[] = {&m.x, &m.y};
    long long at[2];
    places_of(index, m.extent, ways, at);
    put(y + at[1], as_float(x[at[0]]));
}

extern "C" __global__ void move(const real *x, real *y, movement m) { moved(x, y, m); }

extern "C" __global__ void move_in(const float *x, real *y, movement m) { moved(x, y, m); }

extern "C" __global__ void move_out(const real *x, float *y, movement m) { moved(x, y, m); }

// The same elements in C order in rows of another length.
extern "C" __global__ void reshape(const real *x, int x_columns, int x_stride, real *y, int y_columns, int y_stride,
                                   long long elements) {
    const long long index = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= elements) return;
    y[index / y_columns * y_stride + index % y_columns] = x[index / x_columns * x_stride + index % x_columns];
}
