// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.tensor.HostTensor;
import java.util.Set;

/** Where named tensors come from, such as a checkpoint on disk. */
public interface TensorSource {
    /** All names. */
    Set<String> names();

    /** A view of one tensor; throws where there is none of that name. */
    HostTensor tensor(String name);

    /** The file that holds a tensor, or would hold one that is missing; for messages. */
    String origin(String name);

    /**
     * Says that the caller has its own copy of a tensor, so its resident pages may go; throws where the source changed under the
     * caller, so that the copy may be spoiled.
     */
    default void release(String name) {}
}
