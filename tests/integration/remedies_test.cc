#include <gmock/gmock.h>
#include <onnx/version_converter/convert.h>

#include <fstream>
#include <regex>

#include "onnx_builder.h"
#include "program.h"

// Every refusal of a model that says what to do: the remedy is taken from the message, applied, and the
// network runs, under both schemes.

namespace fusesim {
namespace {

using ::testing::HasSubstr;

class Remedies : public RunSimTest {
 protected:
  Finished simulate(const std::string& fusion, std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {"--model", "net.onnx", "--fusion", fusion, "--search", "contiguous",
                                     "--no-alternatives"});
    return run_sim(options);
  }

  /// What run_sim says of the model, with exit code 2.
  std::string refusal(const std::vector<std::string>& options = {}) const {
    const Finished finished = simulate("lbdf", options);
    EXPECT_EQ(finished.exit_code, 2) << finished.out;
    return finished.err;
  }

  void expect_runs(const std::vector<std::string>& options = {}) const {
    for (const char* fusion : {"lbdf", "brr"}) {
      const Finished finished = simulate(fusion, options);
      EXPECT_EQ(finished.exit_code, 0) << finished.err;
    }
  }

  void write_model(const OnnxBuilder& model) const { write("net.onnx", model.bytes()); }
};

/// The options of this name that a message gives, with their values.
std::vector<std::string> options_in(const std::string& message, const std::string& name) {
  std::vector<std::string> options;
  const std::regex option(name + " ([^ \n:;]+)");
  for (std::sregex_iterator i(message.begin(), message.end(), option), end; i != end; ++i) {
    options.push_back(name);
    options.push_back((*i)[1].str());
  }
  return options;
}

/// Two maps that a convolution each reads, added.
OnnxBuilder two_inputs(const std::vector<Dim>& a, const std::vector<Dim>& b) {
  OnnxBuilder m;
  m.input("a", a).input("b", b);
  m.conv("a", "p", 3, 8, 3).integers("pads", {1, 1, 1, 1});
  m.conv("b", "q", 3, 8, 3).integers("pads", {1, 1, 1, 1});
  m.node("Add", {"p", "q"}, {"y"});
  m.output("y");
  return m;
}

TEST_F(Remedies, OpenDimensionsOfSeveralInputsAreNamedAtOnce) {
  write_model(two_inputs({"batch", 3, "height", "width"}, {"n", 3, "h", "w"}));
  const std::vector<std::string> options = options_in(refusal(), "--input-shape");
  EXPECT_EQ(options.size(), 4U);
  expect_runs(options);
}

TEST_F(Remedies, AnInputWithoutAShape) {
  OnnxBuilder m = two_inputs({1, 3, 8, 8}, {1, 3, 8, 8});
  m.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  write_model(m);
  std::string message = refusal();
  ASSERT_THAT(message, HasSubstr("--input-shape a=N,C,H,W"));
  expect_runs({"--input-shape", "a=1,3,8,8"});
}

TEST_F(Remedies, AnOldOpset) {
  OnnxBuilder m(8);
  m.input("x", {1, 3, 8, 8});
  m.conv("x", "c", 3, 8, 3).integers("pads", {1, 1, 1, 1});
  m.batch_norm("c", "n", 8);
  m.node("Relu", {"n"}, {"r"});
  m.node("MaxPool", {"r"}, {"y"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
  m.output("y");
  write_model(m);
  ASSERT_THAT(refusal(), HasSubstr("convert the file with onnx.version_converter to opset 13"));
  write("net.onnx", onnx::version_conversion::ConvertVersion(m.proto(), 13).SerializeAsString());
  expect_runs();
}

TEST_F(Remedies, NoOpset) {
  OnnxBuilder m = two_inputs({1, 3, 8, 8}, {1, 3, 8, 8});
  m.proto().clear_opset_import();
  write_model(m);
  ASSERT_THAT(refusal(), HasSubstr("expected an opset_import with opset 9 or newer"));
  m.proto().add_opset_import()->set_version(9);
  write_model(m);
  expect_runs();
}

/// Of another domain, of an opset that libonnx does not know, without a schema, and with a shape that depends
/// on data.
TEST_F(Remedies, AnOperatorWhoseResultHasNoKnownShape) {
  struct Case {
    const char* type;
    const char* domain;
    int64_t opset;
  };
  for (const Case& c : {Case{"Wave", "org.example", 13}, Case{"Wave", "", 24}, Case{"Wave", "", 13},
                        Case{"NonZero", "", 13}}) {
    OnnxBuilder m(c.opset);
    m.domain("org.example").input("x", {1, 3, 8, 8});
    m.conv("x", "c", 3, 8, 3).integers("pads", {1, 1, 1, 1});
    m.node(c.type, {"c"}, {"w"}).proto().set_domain(c.domain);
    m.node("Cast", {"w"}, {"y"}).integer("to", onnx::TensorProto::FLOAT);
    m.output("y");
    write_model(m);
    SCOPED_TRACE(std::string(c.domain) + "." + c.type);
    ASSERT_THAT(refusal(), HasSubstr("value_info that gives"));
    const std::string type = c.type;
    m.declare("w", type == "NonZero" ? std::vector<int64_t>{4, 512} : std::vector<int64_t>{1, 8, 8, 8},
              type == "NonZero" ? onnx::TensorProto::INT64 : onnx::TensorProto::FLOAT);
    write_model(m);
    expect_runs();
  }
}

/// A sparse file of more than 2 GiB, then the same network with its weights elsewhere, which need not be
/// there.
TEST_F(Remedies, AFileThatIsTooLarge) {
  OnnxBuilder m;
  m.input("x", {1, 1000}).bare("w", {1000, 10});
  m.node("MatMul", {"x", "w"}, {"y"});
  m.output("y");
  write_model(m);
  std::filesystem::resize_file(folder() / "net.onnx", uintmax_t{2200} << 20);
  ASSERT_THAT(refusal(), HasSubstr("save the weights as external data"));
  onnx::TensorProto& weight = *m.graph().mutable_initializer(0);
  weight.set_data_location(onnx::TensorProto::EXTERNAL);
  auto* location = weight.add_external_data();
  location->set_key("location");
  location->set_value("weights.bin");
  write_model(m);
  expect_runs();
}

TEST_F(Remedies, AnImportThatNeedsMoreThanItsLimit) {
#ifdef FUSESIM_SANITIZED
  GTEST_SKIP() << "the address space of such programs says nothing about what they allocate";
#endif
  OnnxBuilder m;
  m.input("x0", {1, 3, 8, 8});
  for (int i = 0; i < 20000; ++i)
    m.node("Identity", {"x" + std::to_string(i)}, {"x" + std::to_string(i + 1)});
  m.node("Relu", {"x20000"}, {"y"});
  m.output("y");
  write_model(m);
  const std::string message = refusal({"--import-limit", "1MiB"});
  ASSERT_THAT(message, HasSubstr("raise --import-limit"));
  expect_runs({"--import-limit", "4GiB"});
}

/// Three rows of a map, or one convolution's weights, in 4 KiB.
TEST_F(Remedies, ABufferThatIsTooSmall) {
  OnnxBuilder m;
  m.input("x", {1, 64, 32, 32});
  m.node("Reshape", {"x", "flat"}, {"f"});
  m.integers("flat", {1, 64, 1024}).node("Softmax", {"f"}, {"s"}).integer("axis", 1);
  m.integers("map", {1, 64, 32, 32}).node("Reshape", {"s", "map"}, {"b"});
  m.node("LRN", {"b"}, {"y"}).integer("size", 5);
  m.output("y");
  write_model(m);
  const std::vector<std::string> small{"--buffer", "64B"};
  const std::string message = refusal(small);
  const std::regex least("runs with a buffer of ([0-9]+) bytes");
  std::smatch found;
  ASSERT_TRUE(std::regex_search(message, found, least)) << message;
  expect_runs({"--buffer", found[1].str() + "B"});
  ASSERT_THAT(message, HasSubstr("--skip-misfits"));
  expect_runs({"--buffer", "64B", "--skip-misfits"});
}

TEST_F(Remedies, ANameThatIsNearly) {
  const Finished finished = run_sim({"--model", "resnet19", "--fusion", "lbdf"});
  ASSERT_EQ(finished.exit_code, 2);
  const std::regex hint("did you mean ([a-z0-9_]+)");
  std::smatch found;
  ASSERT_TRUE(std::regex_search(finished.err, found, hint)) << finished.err;
  EXPECT_EQ(
      run_sim({"--model", found[1].str(), "--fusion", "lbdf", "--search", "contiguous", "--no-alternatives"})
          .exit_code,
      0);
}

}  // namespace
}  // namespace fusesim
