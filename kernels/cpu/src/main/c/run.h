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
    int64_t *clock; // null, or where a run that is timed is written down: its start, then a `struct lap` for each operation
    int64_t open;   // other threads may come in

    _Alignas(CACHE_LINE) int64_t claimed; // units of all operations in order, claimed by some thread
    _Alignas(CACHE_LINE) int64_t done;    // units of all operations, finished
    _Alignas(CACHE_LINE) int64_t inside;  // helpers
};

// When an operation was finished, and how long all threads together worked on it, both in ticks.
struct lap {
    int64_t end, busy;
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

// A counter that runs evenly and alike on all processors, read without a system call; it stands still where there is none.
static inline int64_t ticks(void) {
#if defined(__x86_64__)
    return (int64_t)__builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    int64_t now;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(now));
    return now;
#else
    return 0;
#endif
}

#endif
