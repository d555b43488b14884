// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What {@link Simulated} does. */
final class SimulatedMachine implements ExecutionCondition, BeforeAllCallback, AfterAllCallback {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return Simulator.refusal()
                .map(reason -> ConditionEvaluationResult.disabled("CUDA can't be simulated here: " + reason))
                .orElseGet(() -> ConditionEvaluationResult.enabled("CUDA is simulated"));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Simulator.get().start(context.getRequiredTestClass().getAnnotation(Simulated.class).value());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        assertEquals(List.of(), Simulator.get().defects(), "what the simulated libraries found");
        assertEquals(0, Simulator.get().open(), "handles and memory that were not freed");
    }
}
