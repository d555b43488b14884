// SPDX-License-Identifier: Apache-2.0
// The loop over a plan's operations.
//
// All units of a plan are numbered in order. A thread claims some by moving `claimed`, but only units of an operation whose
// predecessors are all done, so that two counters are the whole schedule: claims, and the barrier between operations. A thread holds
// nothing while it waits; it may leave between claims, and come in again.
#include "run.h"
#include "vec.h"

#define FUNCTIONS(name) {name##_plan, name##_run}

static const struct kernel_functions kernels[KERNELS] = {
    [LINEAR] = FUNCTIONS(linear),
    [PACK] = FUNCTIONS(pack),
    [CONVOLUTION] = FUNCTIONS(convolution),
    [DEPTHWISE] = FUNCTIONS(depthwise),
    [ATTENTION] = FUNCTIONS(attention),
    [PACKED_ATTENTION] = FUNCTIONS(packed_attention),
    [LAYER_NORM] = FUNCTIONS(layer_norm),
    [SOFTMAX] = FUNCTIONS(softmax),
    [L2_NORMALIZE] = FUNCTIONS(l2_normalize),
    [EMBEDDING] = FUNCTIONS(embedding),
    [ACTIVATE] = FUNCTIONS(activate),
    [SCALE] = FUNCTIONS(scale),
    [ADD] = FUNCTIONS(add),
    [MULTIPLY] = FUNCTIONS(multiply),
    [MEAN] = FUNCTIONS(mean),
    [MAXIMUM] = FUNCTIONS(maximum),
    [PATCHIFY] = FUNCTIONS(patchify),
    [COPY] = FUNCTIONS(copy),
    [TRANSPOSE] = FUNCTIONS(transpose),
    [RESHAPE] = FUNCTIONS(reshape),
};

EXPORT int64_t avocet_op_bytes(void) { return sizeof(struct op); }
EXPORT int64_t avocet_device_bytes(int64_t slots) { return sizeof(struct device) + slots * sizeof(struct job); }

// The address of a slot's job within a device.
EXPORT struct job *avocet_job(struct device *device, int64_t slot) { return &device->job[slot]; }

// Some cache lines of padding keep the rows of a register tile out of each other's way: rows that lie near a multiple of
// 2 KB apart would compete for a few sets of the first-level cache.
EXPORT int64_t avocet_row_stride(int64_t columns) {
    int64_t lines = parts(columns, 16);
    while (lines > 28 && (lines + 3) % 32 < 7) lines++;
    return lines * 16;
}

// Cuts every operation's work into units for some threads; returns the bytes of scratch memory that a thread needs.
EXPORT int64_t avocet_plan(struct op *ops, int64_t count, int64_t threads) {
    int64_t floats = 0, units = 0;
    for (int64_t i = 0; i < count; i++) {
        ops[i].threads = threads;
        floats = most(floats, kernels[ops[i].kernel].plan(&ops[i]));
        ops[i].start = units;
        units += ops[i].units;
    }
    return parts(floats, 16) * CACHE_LINE;
}

INLINE int64_t read(const int64_t *counter) { return __atomic_load_n(counter, __ATOMIC_ACQUIRE); }

INLINE void pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

// How many units to claim: large shares first, small ones towards the end so that all threads finish together.
INLINE int64_t share(const struct op *op, int64_t left) { return least(left, most(op->least, left / (2 * op->threads))); }

EXPORT int64_t avocet_ticks(void) { return ticks(); }

// Does a claimed share of an operation, and keeps the time of it where somebody asked for that. Whoever does the last unit ends the
// operation: nobody has begun the next one by then.
INLINE void perform(struct job *job, const struct op *op, const struct workplace *place, int64_t from, int64_t count) {
    const int64_t begin = job->clock ? ticks() : 0;
    kernels[op->kernel].run(op, place, from - op->start, from - op->start + count);
    if (!job->clock) {
        __atomic_fetch_add(&job->done, count, __ATOMIC_ACQ_REL);
        return;
    }
    struct lap *lap = (struct lap *)(job->clock + 1) + (op - job->ops);
    const int64_t end = ticks();
    __atomic_fetch_add(&lap->busy, end - begin, __ATOMIC_RELAXED);
    if (__atomic_add_fetch(&job->done, count, __ATOMIC_ACQ_REL) == op->start + op->units) lap->end = end;
}

enum outcome { DONE, WAITING, LEFT };

// Works until nothing is left to claim, or until the thread has waited for others for `spins` rounds.
static int64_t work(const struct device *device, struct job *job, int64_t thread, int64_t spins) {
    const struct workplace place = {job->arena, (float *)(job->scratch + thread * job->scratch_bytes)};
    const struct op *op = job->ops, *end = job->ops + job->count;
    for (int64_t waited = 0; waited < spins;) {
        int64_t claimed = read(&job->claimed);
        while (op < end && claimed >= op->start + op->units) op++;
        if (op == end) return DONE;
        if (thread > 0 && thread > device->threads - read(&device->callers)) return LEFT;
        if (read(&job->done) < op->start) {
            pause();
            waited++;
            continue;
        }
        const int64_t count = share(op, op->start + op->units - claimed);
        if (!__atomic_compare_exchange_n(&job->claimed, &claimed, claimed + count, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) continue;
        perform(job, op, &place, claimed, count);
        waited = 0;
    }
    return WAITING;
}

// The caller's part of a job. Returns 0 when the results are there and no helper is inside any more; 1 after waiting for others for
// `spins` rounds: the caller lets other threads run and calls again.
EXPORT int64_t avocet_run(struct device *device, int64_t slot, int64_t spins) {
    struct job *job = &device->job[slot];
    if (work(device, job, 0, spins) == WAITING) return WAITING;
    for (int64_t waited = 0; read(&job->done) < job->units; waited++) {
        if (waited == spins) return WAITING;
        pause();
    }
    __atomic_store_n(&job->open, 0, __ATOMIC_SEQ_CST);
    for (int64_t waited = 0; __atomic_load_n(&job->inside, __ATOMIC_SEQ_CST) > 0; waited++) {
        if (waited == spins) return WAITING;
        pause();
    }
    return DONE;
}

// Opens a job whose fields are filled in; from here on helpers may come in.
EXPORT int64_t avocet_open(struct device *device, int64_t slot) {
    struct job *job = &device->job[slot];
    job->claimed = 0;
    job->done = 0;
    if (job->clock) *job->clock = ticks();
    __atomic_store_n(&job->open, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&device->events, 1, __ATOMIC_SEQ_CST);
    return __atomic_add_fetch(&device->callers, 1, __ATOMIC_SEQ_CST);
}

// Ends a caller's presence, so that a helper may take its place; returns the number of other callers.
EXPORT int64_t avocet_close(struct device *device, int64_t slot) {
    (void)slot;
    const int64_t others = __atomic_sub_fetch(&device->callers, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&device->events, 1, __ATOMIC_SEQ_CST);
    return others;
}

INLINE int has_claims(const struct job *job) { return read(&job->open) && read(&job->claimed) < job->units; }

// A helper's part: works on whatever is open, and watches for jobs for up to `spins` rounds. Returns 0 when it saw nothing to do, or
// when there are so many callers that it must not help: it sleeps until somebody opens a job or leaves. Returns 1 after waiting in a
// job for `spins` rounds: the helper lets other threads run and calls again.
EXPORT int64_t avocet_help(struct device *device, int64_t thread, int64_t spins) {
    for (int64_t waited = 0; waited < spins && thread <= device->threads - read(&device->callers); waited++) {
        for (int64_t slot = 0; slot < device->slots; slot++) {
            struct job *job = &device->job[slot];
            if (!has_claims(job)) continue;
            // The caller closes the job and then waits until nobody is inside: whoever came in sees one or the other.
            __atomic_fetch_add(&job->inside, 1, __ATOMIC_SEQ_CST);
            const int64_t open = __atomic_load_n(&job->open, __ATOMIC_SEQ_CST);
            const int64_t outcome = open ? work(device, job, thread, spins) : DONE;
            __atomic_fetch_sub(&job->inside, 1, __ATOMIC_SEQ_CST);
            if (outcome == WAITING) return WAITING;
            waited = 0;
        }
        pause();
    }
    return DONE;
}
