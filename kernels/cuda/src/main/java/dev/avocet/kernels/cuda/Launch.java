// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.kernels.cuda.DnnPlan.Role;
import java.lang.foreign.Arena;
import java.util.List;

/** One thing that a plan puts into a slot's stream. */
sealed interface Launch {
    /** Puts it there. */
    void into(Slot slot);

    /** The bytes that it needs for itself while it runs. */
    default long workspaceBytes() {
        return 0;
    }

    /** One of the project's own kernels. */
    record OwnKernel(Driver driver, Kernel kernel, long function, Driver.Grid grid, Arguments arguments)
            implements
            Launch {
        @Override
        public void into(Slot slot) {
            try (var arena = Arena.ofConfined()) {
                driver.launch(function, grid, arguments.in(slot.memory(), arena), slot.stream());
            }
        }
    }

    /**
     * A product by cuBLAS.
     *
     * @param product null for a GPU that is not there
     * @param bias null for none
     * @param residual null for none
     */
    record Product(
            Blas.Product product, Blas.Shape shape, Address x, Address w, Address bias, Address residual,
            Address y)
            implements
            Launch {
        @Override
        public void into(Slot slot) {
            long memory = slot.memory();
            product.run(new Blas.Operands(x.in(memory), w.in(memory), bias == null ? 0 : bias.in(memory),
                    residual == null ? 0 : residual.in(memory), y.in(memory), slot.workspace()), slot.stream());
        }

        @Override
        public long workspaceBytes() {
            return product == null ? 0 : product.workspaceBytes();
        }
    }

    /**
     * A graph of cuDNN's.
     *
     * @param roles its operands
     * @param addresses where they are, in the same order; null for {@link Role#SCALE}
     */
    record DnnGraph(DnnPlan plan, Dnn library, List<Role> roles, List<Address> addresses, float scale)
            implements
            Launch {
        @Override
        public void into(Slot slot) {
            var places = new long[addresses.size()];
            for (int i = 0; i < places.length; i++) {
                places[i] = addresses.get(i) == null ? 0 : addresses.get(i).in(slot.memory());
            }
            library.stream(slot.stream());
            plan.run(roles, places, scale, slot.workspace());
        }

        @Override
        public long workspaceBytes() {
            return plan.workspaceBytes();
        }
    }
}
