#pragma once

#include <onnx/onnx_pb.h>

#include <optional>

namespace fusesim::importer {

/// A quantised operator as the operator on numbers that it stands for: the same node with the operands that
/// are data and weights alone. Scales and zero points are settings of the machine that runs it.
struct PlainForm {
  onnx::NodeProto node;
  int type_of = -1;       ///< operand of the quantised node whose element type the result has, if it is there
  int32_t elem_type = 0;  ///< of the result, whatever the operands are; 0: not fixed
};

/// Nothing for operators that are not quantised, and for forms that have no plain one (channels last). The
/// number of operands was checked.
std::optional<PlainForm> plain_form(const onnx::NodeProto& node);

}  // namespace fusesim::importer
