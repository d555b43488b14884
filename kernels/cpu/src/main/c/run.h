// SPDX-License-Identifier: Apache-2.0
// One inference as several threads work on it, and the device whose threads they are.
#ifndef AVOCET_RUN_H
#define AVOCET_RUN_H

#include "op.h"

#define CACHE_LINE 64

// A slot: what one call computes. Java fills in the first part, opens it, and takes part in it as thread 0.
struct job {
    const struct op *ops;
    int64_t count;
    int64_t units; // of all operations
    char *arena;
    char *scratch; // of thread 0; the others' follow
    int64_t scratch_bytes;
    int64_t open; // other threads may come in

    _Alignas(CACHE_LINE) int64_t claimed; // units of all operations in order, claimed by some thread
    _Alignas(CACHE_LINE) int64_t done;    // units of all operations, finished
    _Alignas(CACHE_LINE) int64_t inside;  // helpers
};

// The slots of one device and how many threads it has. A thread helps only while fewer callers than threads are at work, so that both
// together are never more than the threads.
struct device {
    int64_t threads;
    int64_t slots;
    _Alignas(CACHE_LINE) int64_t callers;
    _Alignas(CACHE_LINE) int64_t events; // grows when there may be something to do for a helper that sleeps
    _Alignas(CACHE_LINE) struct job job[];
};

#endif
