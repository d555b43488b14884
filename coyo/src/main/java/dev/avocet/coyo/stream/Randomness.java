// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

/** SplitMix64, whose state is one number that can be kept. */
final class Randomness {
    private long state;

    Randomness(long state) {
        this.state = state;
    }

    long state() {
        return state;
    }

    /** A number from 0 to below the bound. */
    int below(int bound) {
        state += 0x9E3779B97F4A7C15L;
        long mixed = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        mixed ^= mixed >>> 31;
        return (int) Math.unsignedMultiplyHigh(mixed, bound);
    }

    /** The numbers from 0 to below the count in any order. */
    int[] permutation(int count) {
        var order = new int[count];
        for (int i = 0; i < count; i++) {
            int other = below(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }
}
