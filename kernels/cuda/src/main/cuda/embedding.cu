// SPDX-License-Identifier: Apache-2.0
#include "storage.cuh"

// Rows of a table, by ids. Grid (rows), block 256: one block for each row.
extern "C" __global__ void embed(const int *ids, const real *table, int table_stride, real *y, int y_stride,
                                 int columns) {
    const real *row = table + (long long)ids[blockIdx.x] * table_stride;
    y += (long long)blockIdx.x * y_stride;
    for (int i = threadIdx.x; i < columns; i += blockDim.x) y[i] = row[i];
}
