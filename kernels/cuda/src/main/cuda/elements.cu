// SPDX-License-Identifier: Apache-2.0
//
// Functions of each element. Grid (ceil(elements / 256)), block 256: one thread for each element.
#include "storage.cuh"
#include "activation.cuh"
#include "walk.cuh"

// The thread's element of rows by columns; false beyond the last.
__device__ inline bool element(int rows, int columns, int &row, int &column) {
    const long long index = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    row = (int)(index / columns);
    column = (int)(index % columns);
    return row < rows;
}

extern "C" __global__ void activate(const real *x, int x_stride, real *y, int y_stride, int rows, int columns,
                                    int function) {
    int row, column;
    if (!element(rows, columns, row, column)) return;
    const float value = widen(x[(long long)row * x_stride + column]);
    y[(long long)row * y_stride + column] = narrow(activated(value, function));
}

extern "C" __global__ void scale(const real *x, int x_stride, real *y, int y_stride, int rows, int columns,
                                 float factor) {
    int row, column;
    if (!element(rows, columns, row, column)) return;
    y[(long long)row * y_stride + column] = narrow(widen(x[(long long)row * x_stride + column]) * factor);
}

// Two tensors and their result; a tensor that is repeated along an axis has a step of 0 there.
struct combination {
    extents extent;
    steps a, b, y;
};

template <class Operation>
__device__ void combine(const real *a, const real *b, real *y, const combination &c) {
    const long long index = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= count_of(c.extent)) return;
    const steps *const ways[] = {&c.a, &c.b, &c.y};
    long long at[3];
    places_of(index, c.extent, ways, at);
    y[at[2]] = narrow(Operation::of(widen(a[at[0]]), widen(b[at[1]])));
}

struct sum {
    static __device__ float of(float a, float b) { return a + b; }
};

struct product {
    static __device__ float of(float a, float b) { return a * b; }
};

extern "C" __global__ void add(const real *a, const real *b, real *y, combination c) { combine<sum>(a, b, y, c); }

extern "C" __global__ void multiply(const real *a, const real *b, real *y, combination c) {
    combine<product>(a, b, y, c);
}
