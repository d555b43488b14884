// SPDX-License-Identifier: Apache-2.0
// The most floating-point operations that the machine does in a second: fused multiply-adds of 32-bit floats in registers,
// no memory. A worker like the peers, so that it is measured between them: each run does the work that the command line asks
// for, split over threads.
//
// usage: peak THREADS GFLOP
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __AVX512F__
enum { LANES = 16 };
#else
enum { LANES = 8 };
#endif

// Two units of four cycles' latency need eight chains to stay busy; more hide a hiccup, and sixteen registers hold these.
enum { CHAINS = 12 };

typedef float vec __attribute__((vector_size(LANES * sizeof(float))));

static long rounds;
static volatile float sink;

static void *work(void *arg) {
    (void)arg;
    volatile float one = 1.0f, tiny = 1e-30f; // read at run time, so that nothing can be folded
    vec factor = one - (vec){0}, addend = tiny - (vec){0};
    vec chain[CHAINS];
    for (int c = 0; c < CHAINS; c++)
        chain[c] = factor * (float)c;
    for (long i = 0; i < rounds; i++)
#pragma GCC unroll 12
        for (int c = 0; c < CHAINS; c++)
            chain[c] = chain[c] * factor + addend;
    vec sum = chain[0];
    for (int c = 1; c < CHAINS; c++)
        sum += chain[c];
    sink = sum[0];
    return NULL;
}

int main(int argc, char **argv) {
    int threads = argc == 3 ? atoi(argv[1]) : 0;
    double gflop = argc == 3 ? atof(argv[2]) : 0;
    if (threads < 1 || threads > 1024 || gflop <= 0) {
        fprintf(stderr, "usage: peak THREADS GFLOP\n");
        return 2;
    }
    rounds = (long)(gflop * 1e9 / threads / (2.0 * CHAINS * LANES));
    printf("ready fused multiply-adds in vectors of %d bits\n", LANES * 32);
    fflush(stdout);
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        if (strcmp(line, "run 1\n") != 0) {
            fprintf(stderr, "unknown request: %s", line);
            return 1;
        }
        pthread_t workers[1024];
        for (int t = 0; t < threads; t++)
            if (pthread_create(&workers[t], NULL, work, NULL) != 0) {
                fprintf(stderr, "no thread\n");
                return 1;
            }
        for (int t = 0; t < threads; t++)
            pthread_join(workers[t], NULL);
        puts("ok");
        fflush(stdout);
    }
    return 0;
}
