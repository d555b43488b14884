// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend.reference;

import dev.avocet.core.graph.Activation;
import java.util.function.DoubleUnaryOperator;

/** The activation functions in double precision. */
final class ReferenceActivation {
    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

    private ReferenceActivation() {}

    static DoubleUnaryOperator of(Activation function) {
        return switch (function) {
            case NONE -> x -> x;
            case GELU -> x -> x * normalCdf(x);
            case GELU_TANH -> x -> 0.5 * x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)));
            case QUICK_GELU -> x -> x * sigmoid(1.702 * x);
            case SWISH -> x -> x * sigmoid(x);
            case SIGMOID -> ReferenceActivation::sigmoid;
            case TANH -> Math::tanh;
            case RELU -> x -> x > 0 || Double.isNaN(x) ? x : 0;
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** The normal distribution's cumulative function, erfc(-x / sqrt 2) / 2, to about 1e-15 of its value. */
    static double normalCdf(double x) {
        if (Double.isNaN(x)) {
            return x;
        }
        double z = Math.abs(x) / Math.sqrt(2);
        double tail = 0.5 * (z < 2.5 ? 1 - erfSeries(z) : erfcFraction(z));
        return x < 0 ? tail : 1 - tail;
    }

    /** erf by its Maclaurin series in the form with positive terms (Abramowitz and Stegun 7.1.6). */
    private static double erfSeries(double z) {
        double term = z;
        double sum = z;
        for (int n = 1; term > sum * 1e-17; n++) {
            term *= 2 * z * z / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-z * z) * sum;
    }

    /** erfc by its continued fraction (Abramowitz and Stegun 7.1.14), evaluated from the inside. */
    private static double erfcFraction(double z) {
        double fraction = z;
        for (int n = 120; n >= 1; n--) {
            fraction = z + n / 2.0 / fraction;
        }
        return Math.exp(-z * z) / (Math.sqrt(Math.PI) * fraction);
    }
}
