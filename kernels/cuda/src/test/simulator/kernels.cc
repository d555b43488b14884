// SPDX-License-Identifier: Apache-2.0
//
// The project's own kernels for one storage type, as the simulated driver finds them.
#include "../shim/shim.h"

extern "C" __attribute__((visibility("default"))) std::vector<shim::entry> *sim_kernels() { return &shim::entries(); }
