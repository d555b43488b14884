// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static dev.avocet.kernels.cpu.Trial.input;
import static dev.avocet.kernels.cpu.Trial.results;

import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MoveTest {
    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.Trial#tiers")
    void slicesOfAnyAxisAreTheReferences(Tier tier) {
        try (var trial = new Trial(tier)) {
            var x = trial.tensor(3, 5, 7, 40);
            trial.assertSame(ops -> {
                var all = input(ops, "x", x);
                return results(
                        ops.slice(all, 0, 1, 3), ops.slice(all, 1, 2, 3), ops.slice(all, 1, 0, 4),
                        ops.slice(all, 2, 3, 4),
                        ops.slice(all, 2, 3, 7), ops.slice(all, 3, 17, 39),
                        ops.slice(ops.slice(all, 3, 5, 25), 2, 1, 2),
                        ops.slice(all, 3, 4, 4));
            }, x);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.Trial#tiers")
    void joinedPartsLieWhereTheyBelong(Tier tier) {
        try (var trial = new Trial(tier)) {
            var x = trial.tensor(2, 3, 18);
            var token = trial.weight(1, 1, 18);
            var column = trial.tensor(2, 1, 1);
            trial.assertSame(ops -> {
                var all = input(ops, "x", x);
                var one = input(ops, "column", column);
                return results(
                        ops.concat(0, all, all), ops.concat(1, ops.constant(token), all, all), ops.concat(2, all, all),
                        ops.concat(2, one, all), ops.concat(1, one, all));
            }, x, column);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.Trial#tiers")
    void reshapesKeepTheOrderOfElements(Tier tier) {
        try (var trial = new Trial(tier)) {
            var x = trial.tensor(4, 6, 35);
            trial.assertSame(ops -> {
                var all = input(ops, "x", x);
                return results(
                        ops.reshape(all, 24, 35), ops.reshape(all, 4, 210), ops.reshape(all, 840),
                        ops.reshape(all, 7, 4, 30),
                        ops.reshape(all, 120, 7), ops.reshape(ops.slice(all, 2, 1, 31), 3, 240));
            }, x);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.Trial#tiers")
    void picturesTurnTheirChannelsLastAndFirst(Tier tier) {
        try (var trial = new Trial(tier)) {
            for (int width : Trial.SIZES) {
                var x = trial.tensor(2, 3, 5, width);
                var y = trial.tensor(2, 3, width, 19);
                trial.assertSame(ops -> results(
                        ops.channelsLast(input(ops, "x", x)), ops.channelsFirst(input(ops, "y", y))), x, y);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.Trial#tiers")
    void patchesDropWhatIsLeftOver(Tier tier) {
        try (var trial = new Trial(tier)) {
            var x = trial.tensor(2, 3, 20, 37);
            trial.assertSame(ops -> {
                var picture = input(ops, "x", x);
                return results(ops.patchify(picture, 4, 4), ops.patchify(picture, 6, 5), ops.patchify(picture, 1, 37));
            }, x);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.Trial#tiers")
    void idsSelectRows(Tier tier) {
        try (var trial = new Trial(tier)) {
            for (int width : Trial.SIZES) {
                var ids = HostTensor.of(Shape.of(3, 7), trial.random().ints(21, 0, 50).toArray());
                var table = trial.weight(50, width);
                trial.assertSame(ops -> results(ops.embedding(input(ops, "ids", ids), table)), ids);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.Trial#tiers")
    void anInputOrAConstantMayBeAResult(Tier tier) {
        try (var trial = new Trial(tier)) {
            var x = trial.tensor(3, 20);
            var weight = trial.weight(4, 5);
            trial.assertSame(ops -> {
                var all = input(ops, "x", x);
                return results(all, ops.slice(all, 1, 3, 8), ops.constant(weight), ops.add(all, all));
            }, x);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.Trial#tiers")
    void anEmptyBatchHasNoResults(Tier tier) {
        try (var trial = new Trial(tier)) {
            var x = trial.tensor(0, 20);
            var weight = trial.weight(30, 20);
            trial.assertSame(ops -> {
                var none = input(ops, "x", x);
                return results(ops.linear(none, weight, null), ops.softmax(none), ops.add(none, none));
            }, x);
        }
    }
}
