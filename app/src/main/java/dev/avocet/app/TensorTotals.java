// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.tensor.DType;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.StoredTensor;
import dev.avocet.loader.checkpoint.StoredType;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/**
 * How much a checkpoint holds.
 *
 * @param parameters the numbers that training learns
 * @param bytesByType what the tensors of each type take
 */
record TensorTotals(int tensors, long parameters, long bytes, Map<StoredType, Long> bytesByType) {
    /** All of a checkpoint. */
    static TensorTotals of(Checkpoint checkpoint) {
        return of(checkpoint.tensors());
    }

    private static TensorTotals of(Collection<StoredTensor> tensors) {
        var byType = new EnumMap<StoredType, Long>(StoredType.class);
        tensors.forEach(each -> byType.merge(each.type(), each.bytes(), Long::sum));
        return new TensorTotals(
                tensors.size(),
                tensors.stream().filter(TensorTotals::isParameter).mapToLong(TensorTotals::elements).sum(),
                tensors.stream().mapToLong(StoredTensor::bytes).sum(),
                byType);
    }

    /** What training learns; statistics and counters are not, as in PyTorch. */
    private static boolean isParameter(StoredTensor tensor) {
        boolean isReal = tensor.type().dtype().map(DType::isFloating).orElse(true);
        return isReal && !tensor.name().endsWith(".running_mean") && !tensor.name().endsWith(".running_var");
    }

    private static long elements(StoredTensor tensor) {
        return tensor.shape().stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    }
}
