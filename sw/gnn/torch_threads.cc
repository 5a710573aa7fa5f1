#include "fusesim/gnn/torch_threads.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <cstring>

namespace fusesim::gnn {

// LibTorch's own setting does not reach the threads of OpenBLAS.
void use_one_thread() {
  at::set_num_threads(1);
  void* symbol = ::dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
  if (symbol == nullptr) return;
  void (*set_threads)(int) = nullptr;
  std::memcpy(&set_threads, &symbol, sizeof symbol);
  set_threads(1);
}

}  // namespace fusesim::gnn
