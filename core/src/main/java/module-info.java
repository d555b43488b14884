// SPDX-License-Identifier: Apache-2.0
/** The engine: tensors, operations, graphs, layers and models. No native code, and no dependency but the JDK. */
module dev.avocet.core {
    exports dev.avocet.core;
    exports dev.avocet.core.backend;
    exports dev.avocet.core.graph;
    exports dev.avocet.core.layout;
    exports dev.avocet.core.model;
    exports dev.avocet.core.model.align;
    exports dev.avocet.core.model.bert;
    exports dev.avocet.core.model.efficientnet;
    exports dev.avocet.core.model.vit;
    exports dev.avocet.core.nn;
    exports dev.avocet.core.tensor;

    uses dev.avocet.core.backend.BackendProvider;

    provides dev.avocet.core.backend.BackendProvider with
            dev.avocet.core.backend.reference.ReferenceBackendProvider;
}
