#pragma once

namespace fusesim::gnn {

/// Has LibTorch and OpenBLAS compute on the calling thread alone: at these sizes more threads only wait for
/// each other, most of all where cores are scarce.
void use_one_thread();

}  // namespace fusesim::gnn
