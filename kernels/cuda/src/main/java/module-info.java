// SPDX-License-Identifier: Apache-2.0
/** CUDA kernels, cuBLAS and cuDNN: the device {@code cuda}. */
module dev.avocet.kernels.cuda {
    requires dev.avocet.core;
    requires org.bytedeco.cuda;
    requires org.bytedeco.javacpp;

    provides dev.avocet.core.backend.BackendProvider with
            dev.avocet.kernels.cuda.CudaBackendProvider;
}
