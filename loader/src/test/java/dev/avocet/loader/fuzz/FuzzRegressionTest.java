// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.fuzz;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every seed and every old finding of the fuzzers, once more and without one. */
class FuzzRegressionTest {
    static List<Arguments> inputs() throws IOException {
        var all = new ArrayList<Arguments>();
        for (var target : FuzzTarget.values()) {
            for (var input : target.inputs()) {
                all.add(Arguments.of(target, input));
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("inputs")
    void noInputDoesMoreThanBeingRefused(FuzzTarget target, Path input) throws ReflectiveOperationException {
        var method = target.type().getMethod("fuzzerTestOneInput", byte[].class);
        assertDoesNotThrow(() -> method.invoke(null, (Object) Files.readAllBytes(input)));
    }
}
