// SPDX-License-Identifier: Apache-2.0
// Holds the vector functions against float64, in units in the last place.
#include "vmath.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double gelu(double x) { return 0.5 * x * erfc(-x / sqrt(2)); }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double swish(double x) { return x * sigmoid(x); }

static vec vector_gelu(vec x) { return activate(GELU, x); }
static vec vector_sigmoid(vec x) { return activate(SIGMOID, x); }
static vec vector_swish(vec x) { return activate(SWISH, x); }
static vec vector_exp(vec x) { return exp_of_negative(smaller(splat(LARGEST_POWER), x)); }
static vec vector_tanh(vec x) { return tanh_of(x); }

// The largest error in units in the last place over every `step`-th float from -limit to limit, where the result is a normal number.
static int holds(const char *name, vec (*found)(vec), double (*wanted)(double), float limit, double bound) {
    const uint32_t step = 251;
    double worst = 0;
    float worst_at = 0;
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += step * LANES) {
        float x[LANES], y[LANES];
        for (int i = 0; i < LANES; i++) {
            const uint32_t lane = (uint32_t)(bits + (uint64_t)i * step);
            memcpy(&x[i], &lane, 4);
            if (!(fabsf(x[i]) <= limit)) x[i] = 0;
        }
        store(y, found(load(x)));
        for (int i = 0; i < LANES; i++) {
            const double exact = wanted(x[i]);
            if (fabs(exact) < 1.2e-38 || fabs(exact) > 3.4e38) continue;
            const double error = fabs(y[i] - exact) / ldexp(1, ilogb(exact) - 23);
            if (!(error <= worst)) {
                worst = error;
                worst_at = x[i];
            }
        }
    }
    printf("%s: %.2f ULP at %g, at most %g\n", name, worst, worst_at, bound);
    return worst <= bound;
}

static int limits(void) {
    const float x[4] = {INFINITY, -INFINITY, NAN, 1e-42f};
    float in[LANES], y[LANES];
    int good = 1;
    for (int i = 0; i < LANES; i++) in[i] = x[i % 4];
    store(y, vector_exp(load(in)));
    good &= y[0] > 2e38f && y[1] == 0 && isnan(y[2]) && y[3] == 1;
    store(y, tanh_of(load(in)));
    good &= y[0] == 1 && y[1] == -1 && isnan(y[2]) && y[3] == 1e-42f;
    store(y, activate(GELU, load(in)));
    good &= y[0] == INFINITY && y[1] == 0 && isnan(y[2]) && fabsf(y[3] - 5e-43f) < 3e-45f;
    store(y, activate(SIGMOID, load(in)));
    good &= y[0] == 1 && y[1] == 0 && isnan(y[2]) && y[3] == 0.5f;
    store(y, activate(SWISH, load(in)));
    good &= y[0] == INFINITY && y[1] <= 0 && y[1] > -1e-36f && isnan(y[2]) && fabsf(y[3] - 5e-43f) < 3e-45f;
    if (!good) printf("a function misses its limits\n");
    return good;
}

int main(void) {
    int good = limits();
    good &= holds("exp", vector_exp, exp, LARGEST_POWER, 1.2);
    good &= holds("tanh", vector_tanh, tanh, 1e30f, 2);
    good &= holds("sigmoid", vector_sigmoid, sigmoid, 88, 3);
    good &= holds("swish", vector_swish, swish, 88, 3);
    good &= holds("gelu", vector_gelu, gelu, 1e30f, 6);
    return !good;
}
