// SPDX-License-Identifier: Apache-2.0
//
// Ways through the elements of tensors of up to seven axes, the last one innermost.
#ifndef AVOCET_WALK_CUH
#define AVOCET_WALK_CUH

#define AXES 7

struct extents {
    int along[AXES];
};

// The elements from one element to the next along each axis.
struct steps {
    long long along[AXES];
};

__device__ inline long long count_of(const extents &e) {
    long long count = 1;
    for (int axis = 0; axis < AXES; axis++) count *= e.along[axis];
    return count;
}

// Where an element lies, by its number in C order.
template <int N>
__device__ inline void places_of(long long index, const extents &e, const steps *const (&ways)[N], long long (&places)[N]) {
    for (int i = 0; i < N; i++) places[i] = 0;
    for (int axis = AXES - 1; axis >= 0; axis--) {
        if (e.along[axis] == 1) continue;
        const long long position = index % e.along[axis];
        index /= e.along[axis];
        for (int i = 0; i < N; i++) places[i] += position * ways[i]->along[axis];
    }
}

#endif
