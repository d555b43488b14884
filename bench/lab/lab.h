// SPDX-License-Identifier: Apache-2.0
// What the laboratories have in common: data, validation before timing, and the clock.
//
// A laboratory defines `struct sizes` and `struct operands`, then includes this, defines what is declared here, and ends in run_lab.
#ifndef AVOCET_LAB_H
#define AVOCET_LAB_H

#include "op.h"
#include "vec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int64_t avocet_peak(int64_t rounds);

typedef void version(const struct sizes *s, const struct operands *o);

struct lab {
    const struct idea {
        const char *name;
        version *run;
    } *ideas; // the first is too slow to be run often
    const struct sizes *awkward, *timed;
    int idea_count, awkward_count, timed_count;
};

// Memory for a task, from `floats`, and its end.
static struct operands operands_of(const struct sizes *s);
static void release(const struct operands *o);

// The largest error of a result as a share of what floats may be off, against sums in double.
static double error_of(const struct sizes *s, const struct operands *o);

static double flop_of(const struct sizes *s);
static void print_sizes(const struct sizes *s);

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

// Numbers from -1 to 1, with room for the loads and stores that run past the last one.
static float *floats(int64_t count) {
    const int64_t whole = parts(count, 16) * 16 + 64;
    float *memory = aligned_alloc(64, (size_t)whole * sizeof(float));
    if (!memory) {
        fprintf(stderr, "no memory\n");
        exit(1);
    }
    for (int64_t i = 0; i < whole; i++) memory[i] = (float)(i * 7919 % 2003) * 1e-3f - 1;
    return memory;
}

// An operation as it ships, on this thread alone. Its scratch memory is kept: getting it is not the kernel's work.
static void run_production(struct op *op, struct kernel_functions kernel) {
    static float *scratch;
    static int64_t room = -1;
    const int64_t wanted = kernel.plan(op);
    if (wanted > room) {
        free(scratch);
        scratch = floats(room = wanted);
    }
    kernel.run(op, &(struct workplace){0, scratch}, 0, op->units);
}

// The larger of both; not a number is worse than all.
static double worse(double error, double worst) { return error <= worst || worst != worst ? worst : error; }

static int is_right(const struct idea *idea, const struct lab *lab) {
    for (int i = 0; i < lab->awkward_count; i++) {
        const struct sizes *s = &lab->awkward[i];
        const struct operands o = operands_of(s);
        idea->run(s, &o);
        const double error = error_of(s, &o);
        release(&o);
        if (error <= 1) continue;
        printf("%s is wrong at ", idea->name);
        print_sizes(s);
        printf(": %.1f times what it may be\n", error);
        return 0;
    }
    return 1;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double peak(void) {
    const int64_t rounds = 100000;
    const double began = now();
    const int64_t flops = avocet_peak(rounds);
    return (double)(flops * rounds) / (now() - began);
}

// Versions and peak in turn; the best of each counts, for what others on the machine take is not the version's fault.
static void time_all(const struct lab *lab, const struct sizes *s, const int *right) {
    double *best = calloc((size_t)lab->idea_count, sizeof *best), most_flops = 0;
    const struct operands o = operands_of(s);
    for (int round = 0; round < 25; round++) {
        most_flops = fmax(most_flops, peak());
        for (int v = 0; v < lab->idea_count; v++) {
            if (!right[v] || (v == 0 && round > 2)) continue;
            const double began = now();
            lab->ideas[v].run(s, &o);
            best[v] = fmax(best[v], flop_of(s) / (now() - began));
        }
    }
    print_sizes(s);
    printf(", peak %.0f GFLOP/s\n", most_flops / 1e9);
    for (int v = 0; v < lab->idea_count; v++)
        if (right[v]) printf("  %-20s %5.1f %%\n", lab->ideas[v].name, 100 * best[v] / most_flops);
    release(&o);
    free(best);
}

// Validates all versions and times those that are right; returns the program's exit status.
static int run_lab(const struct lab *lab) {
    int *right = calloc((size_t)lab->idea_count, sizeof *right), wrong = 0;
    for (int v = 0; v < lab->idea_count; v++) wrong |= !(right[v] = is_right(&lab->ideas[v], lab));
    for (int i = 0; i < lab->timed_count; i++) time_all(lab, &lab->timed[i], right);
    free(right);
    return wrong;
}

#endif
