#include "seed_models.h"

#include "onnx_builder.h"

namespace fusesim::testing {
namespace {

using onnx::TensorProto;

OnnxBuilder image(int64_t opset = 13) {
  OnnxBuilder m(opset);
  m.input("x", {1, 4, 8, 8});
  return m;
}

OnnxBuilder convolutions() {
  OnnxBuilder m = image();
  m.integers("pads", {0, 0, 1, 1, 0, 0, 1, 1}).numbers("zero", {0}, {});
  m.node("Pad", {"x", "pads", "zero"}, {"p"});
  m.conv("p", "c", 4, 8, 3, true).integers("strides", {2, 2}).integers("kernel_shape", {3, 3});
  m.batch_norm("c", "n", 8);
  m.node("Relu", {"n"}, {"r"});
  m.weight("w2", {8, 2, 3, 3}).weight("b2", {6});
  m.node("ConvTranspose", {"r", "w2"}, {"t"})
      .integers("output_shape", {9, 9})
      .text("auto_pad", "SAME_UPPER")
      .integer("group", 2);
  m.node("MaxPool", {"t"}, {"mp", "indices"}).integers("kernel_shape", {2, 2}).integer("ceil_mode", 1);
  m.node("AveragePool", {"mp"}, {"y"}).integers("kernel_shape", {3, 3}).integers("pads", {1, 1, 1, 1});
  m.output("y");
  return m;
}

OnnxBuilder classifier() {
  OnnxBuilder m = image();
  m.node("GlobalAveragePool", {"x"}, {"g"});
  m.node("Flatten", {"g"}, {"f"});
  m.node("Dropout", {"f"}, {"d", "mask"});
  m.weight("w", {10, 4}).weight("b", {10}).weight("w2", {10, 6}).weight("b2", {6});
  m.node("Gemm", {"d", "w", "b"}, {"h"}).integer("transB", 1);
  m.node("MatMul", {"h", "w2"}, {"i"});
  m.node("Add", {"i", "b2"}, {"s"});
  m.node("Softmax", {"s"}, {"y"}).integer("axis", 1);
  m.output("y");
  return m;
}

OnnxBuilder activations() {
  OnnxBuilder m = image();
  m.numbers("low", {0}, {}).numbers("six", {6}, {}).numbers("three", {3}, {}).weight("slope", {4, 1, 1});
  m.node("Add", {"x", "three"}, {"a"});
  m.node("Clip", {"a", "low", "six"}, {"c"});
  m.node("Mul", {"x", "c"}, {"m"});
  m.node("Div", {"m", "six"}, {"h"});
  m.node("Sigmoid", {"h"}, {"s"});
  m.node("Mul", {"h", "s"}, {"silu"});
  m.node("Softplus", {"silu"}, {"sp"});
  m.node("Tanh", {"sp"}, {"th"});
  m.node("Mul", {"silu", "th"}, {"mish"});
  m.node("PRelu", {"mish", "slope"}, {"p"});
  m.node("LeakyRelu", {"p"}, {"l"}).number("alpha", 0.1F);
  m.node("Cast", {"l"}, {"y"}).integer("to", TensorProto::FLOAT16);
  m.output("y");
  return m;
}

OnnxBuilder arrangements() {
  OnnxBuilder m = image();
  m.integers("sizes", {1, 4, 16, 16}).integers("start", {1}).integers("end", {3}).integers("axis", {1});
  m.node("Resize", {"x", "", "", "sizes"}, {"r"}).text("mode", "linear");
  m.node("Slice", {"r", "start", "end", "axis"}, {"s"});
  m.node("Split", {"r"}, {"left", "right"}).integer("axis", 1);
  m.node("Concat", {"s", "left", "right"}, {"c"}).integer("axis", 1);
  m.node("DepthToSpace", {"r"}, {"d"}).integer("blocksize", 2);
  m.node("Transpose", {"c"}, {"t"}).integers("perm", {0, 2, 3, 1});
  m.node("Unsqueeze", {"t", "axis"}, {"u"});
  m.node("Squeeze", {"u", "axis"}, {"q"});
  m.integers("twice", {1, 1, 2, 1}).node("Tile", {"q", "twice"}, {"y"});
  m.output("y").output("d");
  return m;
}

OnnxBuilder shape_arithmetic() {
  OnnxBuilder m = image();
  m.integers("two", {2}).integers("zero", {0}).integers("one", {1}).integers("all", {-1});
  m.node("Shape", {"x"}, {"shape"});
  m.node("Gather", {"shape", "two"}, {"h"});
  m.node("Mul", {"h", "two"}, {"h2"});
  m.node("Cast", {"h2"}, {"hf"}).integer("to", TensorProto::FLOAT);
  m.node("Floor", {"hf"}, {"hl"});
  m.node("Cast", {"hl"}, {"hi"}).integer("to", TensorProto::INT64);
  m.node("Slice", {"shape", "zero", "one"}, {"n"});
  m.node("ConstantOfShape", {"one"}, {"fill"});
  m.node("Equal", {"h", "two"}, {"same"});
  m.node("Where", {"same", "h", "all"}, {"chosen"});
  m.node("Concat", {"n", "hi", "chosen"}, {"target"}).integer("axis", 0);
  m.node("Reshape", {"x", "target"}, {"v"});
  m.node("ReduceMean", {"v"}, {"y"}).integers("axes", {2});
  m.output("y");
  return m;
}

OnnxBuilder sequence() {
  OnnxBuilder m;
  m.input("x", {5, 1, 8}).weight("w", {1, 64, 8}).weight("r", {1, 64, 16}).integers("k", {2});
  m.node("LSTM", {"x", "w", "r"}, {"all", "last", "cell"}).integer("hidden_size", 16);
  m.node("Squeeze", {"all", "k1"}, {"flat"});
  m.integers("k1", {1}).weight("table", {16, 16});
  m.node("MatMul", {"flat", "table"}, {"p"});
  m.weight("scale", {16}).weight("shift", {16});
  m.node("TopK", {"p", "k"}, {"values", "places"}).integer("axis", -1);
  m.output("values").output("places").output("cell");
  return m;
}

OnnxBuilder normalisations() {
  OnnxBuilder m = image(17);
  m.weight("s", {4}).weight("b", {4}).weight("s8", {8}).weight("b8", {8});
  m.node("InstanceNormalization", {"x", "s", "b"}, {"i"});
  m.node("LayerNormalization", {"i", "s8", "b8"}, {"l", "mean", "deviation"});
  m.node("LpPool", {"l"}, {"p"}).integers("kernel_shape", {2, 2});
  m.node("ReduceMean", {"p"}, {"y"}).integers("axes", {2, 3});
  m.output("y");
  return m;
}

OnnxBuilder quantised() {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8}, TensorProto::UINT8).input("w", {6, 4, 3, 3}, TensorProto::INT8);
  m.numbers("s", {0.5F}, {}).input("z", {}, TensorProto::UINT8).input("zw", {}, TensorProto::INT8);
  m.node("QLinearConv", {"x", "s", "z", "w", "s", "zw", "s", "z"}, {"q"});
  m.node("DequantizeLinear", {"q", "s", "z"}, {"d"});
  m.node("QuantizeLinear", {"d", "s", "z"}, {"e"});
  m.node("ConvInteger", {"e", "w2", "z"}, {"y"});
  m.input("w2", {5, 6, 1, 1}, TensorProto::UINT8).output("y");
  return m;
}

OnnxBuilder others() {
  OnnxBuilder m = image();
  m.input("i", {1, 5, 6, 1}, TensorProto::INT64)
      .input("rois", {1, 5})
      .input("at", {1, 4, 8, 8}, TensorProto::INT64);
  m.node("GatherND", {"x", "i"}, {"g"}).integer("batch_dims", 1);
  m.node("MaxRoiPool", {"x", "rois"}, {"r"}).integers("pooled_shape", {2, 2});
  m.node("MaxUnpool", {"x", "at"}, {"u"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});

  m.node("CumSum", {"x", "axis"}, {"c"});
  m.integers("axis", {1});
  m.graph().mutable_initializer(0)->clear_dims();
  m.node("GatherElements", {"x", "at"}, {"ge"});

  for (const char* name : {"g", "r", "u", "c", "ge"}) m.output(name);
  return m;
}

OnnxBuilder old_forms() {
  OnnxBuilder m = image(9);
  m.node("Relu", {"x"}, {"r"});
  m.node("Pad", {"r"}, {"p"}).integers("pads", {0, 0, 1, 1, 0, 0, 1, 1}).number("value", 0.0F);
  m.node("MaxPool", {"p"}, {"m"}).integers("kernel_shape", {3, 3}).integers("strides", {2, 2});
  m.integers("double", {1, 1, 2, 2});
  m.node("Cast", {"double"}, {"scales"}).integer("to", TensorProto::FLOAT);
  m.node("Upsample", {"m", "scales"}, {"u"});
  m.node("Slice", {"u"}, {"s"}).integers("starts", {0, 1}).integers("ends", {1, 3}).integers("axes", {0, 1});
  m.node("Clip", {"s"}, {"c"}).number("min", 0.0F).number("max", 6.0F);
  m.batch_norm("c", "n", 2);
  m.node("ReduceSum", {"n"}, {"y"}).integers("axes", {2, 3}).integer("keepdims", 0);
  m.output("y");
  return m;
}

OnnxBuilder control_flow() {
  OnnxBuilder m = image();
  m.input("c", {}, TensorProto::BOOL);
  NodeBuilder branch = m.node("If", {"c"}, {"y"});
  for (const char* side : {"then_branch", "else_branch"}) {
    onnx::AttributeProto& attribute = *branch.proto().add_attribute();
    attribute.set_name(side);
    attribute.set_type(onnx::AttributeProto::GRAPH);
    onnx::GraphProto& inner = *attribute.mutable_g();
    inner.set_name(side);
    onnx::NodeProto& relu = *inner.add_node();
    relu.set_op_type("Relu");
    relu.add_input("x");
    relu.add_output(std::string("out_") + side);
    onnx::ValueInfoProto& out = *inner.add_output();
    out.set_name(relu.output(0));
    out.mutable_type()->mutable_tensor_type()->set_elem_type(TensorProto::FLOAT);
    out.mutable_type()->mutable_tensor_type()->mutable_shape();
  }
  m.output("y");
  auto& shape = *m.graph().mutable_output(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  for (const int64_t d : {1, 4, 8, 8}) shape.add_dim()->set_dim_value(d);
  return m;
}

OnnxBuilder branch() {
  OnnxBuilder m = control_flow();
  m.graph().mutable_input()->DeleteSubrange(1, 1);
  onnx::TensorProto& condition = *m.graph().add_initializer();
  condition.set_name("c");
  condition.set_data_type(TensorProto::BOOL);
  condition.add_int32_data(1);
  return m;
}

OnnxBuilder functions() {
  OnnxBuilder m = image(17);
  m.domain("pkg");
  for (const char* name : {"Inner", "Outer"}) {
    onnx::FunctionProto& function = *m.proto().add_functions();
    function.set_name(name);
    function.set_domain("pkg");
    function.add_input("a");
    function.add_output("r");
    function.add_attribute("slope");
    function.add_opset_import()->set_version(17);
    onnx::NodeProto& node = *function.add_node();
    const bool outer = function.name() == "Outer";
    node.set_op_type(outer ? "Inner" : "LeakyRelu");
    node.set_domain(outer ? "pkg" : "");
    node.add_input("a");
    node.add_output("r");
    onnx::AttributeProto& slope = *node.add_attribute();
    slope.set_name(outer ? "slope" : "alpha");
    slope.set_type(onnx::AttributeProto::FLOAT);
    slope.set_ref_attr_name("slope");
  }
  m.node("Outer", {"x"}, {"m"}).number("slope", 0.25F).proto().set_domain("pkg");
  m.node("Inner", {"m"}, {"y"}).proto().set_domain("pkg");
  m.output("y");
  return m;
}

OnnxBuilder quantised_sums() {
  OnnxBuilder m;
  m.domain("com.microsoft").input("x", {1, 4, 8, 8}, TensorProto::UINT8);
  m.numbers("s", {0.5F}, {}).input("z", {}, TensorProto::UINT8);
  const auto add = [&m](const std::string& type, const std::vector<std::string>& in, const std::string& out) {
    m.node(type, in, {out}).proto().set_domain("com.microsoft");
  };
  add("QLinearSigmoid", {"x", "s", "z", "s", "z"}, "a");
  add("QLinearAdd", {"a", "s", "z", "x", "s", "z", "s", "z"}, "b");
  add("QLinearConcat", {"s", "z", "a", "s", "z", "b", "s", "z"}, "c");
  m.graph().mutable_node()->rbegin()->add_attribute()->set_name("axis");
  m.graph().mutable_node()->rbegin()->mutable_attribute(0)->set_type(onnx::AttributeProto::INT);
  m.graph().mutable_node()->rbegin()->mutable_attribute(0)->set_i(1);
  add("QLinearGlobalAveragePool", {"c", "s", "z", "s", "z"}, "y");
  m.output("y");
  return m;
}

}  // namespace

std::vector<onnx::ModelProto> seed_models() {
  std::vector<onnx::ModelProto> models;
  for (const auto& make :
       {convolutions, classifier, activations, arrangements, shape_arithmetic, sequence, normalisations,
        quantised, others, old_forms, control_flow, branch, functions, quantised_sums}) {
    OnnxBuilder model = make();
    models.push_back(model.proto());
    std::string inputs;
    for (const auto& input : model.graph().input()) {
      const bool parameter = input.name()[0] == 'w' || input.name()[0] == 'z';
      if (!parameter) inputs += input.name() + "\n";
    }
    model.strip_weights();
    auto* listed = model.proto().add_metadata_props();
    listed->set_key("fusesim.inputs");
    listed->set_value(inputs);
    models.push_back(model.proto());
    model.proto().mutable_opset_import(0)->set_version(21);
    models.push_back(model.proto());
  }
  return models;
}

}  // namespace fusesim::testing
