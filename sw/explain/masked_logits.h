#pragma once

#include <torch/torch.h>

#include "fusesim/gnn/network.h"

namespace fusesim {

/// Logits of a frozen network (graphs x classes) as a function of the edge weights (edges), both float:
/// forward and backward are those of a gnn::Pass, which has to live until the backward pass is done and must
/// not run another graph in between.
struct MaskedLogits : torch::autograd::Function<MaskedLogits> {
  /// As a context keeps it.
  struct PassHolder : torch::CustomClassHolder {
    explicit PassHolder(gnn::Pass& p) : pass(p) {}
    gnn::Pass& pass;
  };

  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& edge_weights,
                               gnn::Pass* pass) {
    context->saved_data["pass"] = torch::IValue::make_capsule(c10::make_intrusive<PassHolder>(*pass));
    const std::vector<float>& logits = pass->forward(values(edge_weights));
    const auto size = static_cast<int64_t>(logits.size());
    return torch::tensor(logits).reshape({pass->graphs(), size / pass->graphs()});
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto holder = context->saved_data["pass"].toCapsule();
    gnn::Pass& pass = static_cast<PassHolder&>(*holder).pass;
    return {torch::tensor(pass.backward(values(gradients[0]))), torch::Tensor()};
  }

  static std::vector<float> values(const torch::Tensor& tensor) {
    const torch::Tensor flat = tensor.detach().contiguous();
    return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
  }
};

}  // namespace fusesim
