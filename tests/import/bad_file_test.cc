#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <random>

#include "fusesim/base/error.h"
#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

OnnxBuilder small_model() {
  OnnxBuilder m;
  m.input("x", {1, 3, 16, 16});
  m.conv("x", "c", 3, 8, 3, true);
  m.node("Relu", {"c"}, {"r"});
  m.node("GlobalAveragePool", {"r"}, {"p"});
  m.node("Flatten", {"p"}, {"f"});
  m.weight("w", {8, 4});
  m.node("Gemm", {"f", "w"}, {"y"});
  m.output("y");
  return m;
}

std::string message_for(const std::string& path) {
  try {
    import_onnx(path);
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

TEST(BadFile, MissingOrNoFile) {
  EXPECT_EQ(message_for("/nowhere/net.onnx"), "/nowhere/net.onnx: no such file");
  EXPECT_EQ(message_for("/"), "/: expected an ONNX file, got a directory");
  EXPECT_EQ(message_for("/dev/null"), "/dev/null: expected an ONNX file, got a device or pipe");
}

TEST(BadFile, Unreadable) {
  if (geteuid() == 0) GTEST_SKIP() << "the superuser reads every file";
  const ScratchFile file(small_model().bytes());
  std::filesystem::permissions(file.path(), std::filesystem::perms::none);
  EXPECT_THAT(message_for(file.path()), HasSubstr("cannot read"));
}

TEST(BadFile, Empty) { EXPECT_EQ(refusal(""), "file is empty"); }

TEST(BadFile, LargerThanAMessageMayBe) {
  const ScratchFile file("x");
  std::filesystem::resize_file(file.path(), uintmax_t{1} << 31);  // a sparse file
  EXPECT_THAT(message_for(file.path()), HasSubstr("at most 2 GiB: save the weights as external data"));
}

TEST(BadFile, Text) {
  EXPECT_EQ(refusal("ir_version: 8\ngraph {\n  name: \"net\"\n}\n"), "expected a binary ONNX file, got text");
  EXPECT_EQ(refusal("<!DOCTYPE html><html>404</html>"), "expected a binary ONNX file, got text");
}

TEST(BadFile, OtherBinaryFormats) {
  EXPECT_THAT(refusal(std::string("PK\x03\x04\x00\x00\xff\xfe", 8)),
              AnyOf(HasSubstr("damaged"), HasSubstr("holds no graph")));
  EXPECT_THAT(refusal(std::string(4096, '\0')), HasSubstr("damaged"));
}

TEST(BadFile, TruncatedAnywhere) {
  const std::string bytes = small_model().bytes();
  for (size_t size = 1; size < bytes.size(); size += 1 + size / 40) {
    SCOPED_TRACE(size);
    EXPECT_THAT(refusal(bytes.substr(0, size)), AnyOf(HasSubstr("truncated"), HasSubstr("text")));
  }
}

TEST(BadFile, WithoutOperatorsOrOutputs) {
  OnnxBuilder m = small_model();
  m.graph().clear_node();
  m.graph().clear_output();
  EXPECT_THAT(refusal(m), HasSubstr("no operator"));
  OnnxBuilder n = small_model();
  n.graph().clear_output();
  EXPECT_THAT(refusal(n), HasSubstr("no operator"));
  OnnxBuilder o = small_model();
  o.output("ghost");
  EXPECT_EQ(refusal(o), "graph output 'ghost' is produced by no node");
}

TEST(BadShape, ZeroNegativeAndHugeDimensionsOfInputs) {
  const auto refused = [](const std::vector<Dim>& dims) {
    OnnxBuilder m;
    m.input("x", dims);
    m.node("Relu", {"x"}, {"y"});
    m.output("y");
    return refusal(m);
  };
  EXPECT_EQ(refused({1, 3, 0, 8}), "input 'x': dimension 2: expected a positive size, got 0");
  EXPECT_EQ(refused({1, -3, 8, 8}), "input 'x': dimension 1: expected a positive size, got -3");
  EXPECT_EQ(refused({1, INT64_MIN, 8, 8}),
            "input 'x': dimension 1: expected a positive size, got -9223372036854775808");
  const int64_t huge = int64_t{1} << 40;
  EXPECT_THAT(refused({1, huge, huge, 8}),
              HasSubstr("input 'x': shape (1,1099511627776,1099511627776,8) has more than"));
  EXPECT_THAT(refused({1, INT64_MAX, INT64_MAX, INT64_MAX}), HasSubstr("input 'x'"));
  EXPECT_THAT(refused({1, int64_t{1} << 32, 1, 1}), HasSubstr("tensor 'y' has shape"));
  EXPECT_THAT(refused({1, int64_t{1} << 24, int64_t{1} << 24, 1}), HasSubstr("at most 2^46 elements"));
}

TEST(BadShape, OfParametersAndInitialisers) {
  OnnxBuilder m = small_model();
  m.graph().mutable_initializer(0)->set_dims(0, -8);
  EXPECT_THAT(refusal(m), HasSubstr("initialiser 'c.w': dimension -8"));
  m.graph().mutable_initializer(0)->set_dims(0, int64_t{1} << 60);
  EXPECT_THAT(refusal(m), HasSubstr("initialiser 'c.w': shape"));
  m.graph().mutable_initializer(0)->set_dims(0, 9);
  EXPECT_THAT(refusal(m), HasSubstr("initialiser 'c.w': shape (9,3,3,3) needs 243 elements, got 216"));
  OnnxBuilder bare = small_model();
  bare.strip_weights();
  auto& weight = *bare.graph().mutable_input(1)->mutable_type()->mutable_tensor_type()->mutable_shape();
  weight.mutable_dim(1)->set_dim_value(0);
  EXPECT_EQ(refusal(bare), "input 'c.w': dimension 1: expected a positive size, got 0");
  weight.mutable_dim(1)->set_dim_value(4);
  EXPECT_THAT(refusal(bare),
              HasSubstr("c: weight of shape (8,4,3,3) with 1 groups does not fit 3 input channels"));
}

TEST(BadShape, RawDataOfAnotherLength) {
  OnnxBuilder m = small_model();
  m.graph().mutable_initializer(1)->clear_float_data();
  m.graph().mutable_initializer(1)->set_raw_data("1234567");
  EXPECT_THAT(refusal(m), HasSubstr("initialiser 'c.b': shape (8) needs 8 elements of 4 bytes, got 7 bytes"));
}

TEST(BadShape, NamesUsedTwice) {
  OnnxBuilder m = small_model();
  m.weight("w", {8, 4});
  EXPECT_EQ(refusal(m), "two initialisers are named 'w'");
  OnnxBuilder n = small_model();
  n.input("x", {1, 3, 16, 16});
  EXPECT_EQ(refusal(n), "two graph inputs are named 'x'");
}

TEST(BadNode, WindowsThatDoNotFit) {
  const auto refused = [](const std::function<void(NodeBuilder&)>& change) {
    OnnxBuilder m;
    m.input("x", {1, 3, 8, 8});
    NodeBuilder node = m.conv("x", "y", 3, 4, 3);
    change(node);
    m.output("y");
    return refusal(m);
  };
  EXPECT_THAT(refused([](NodeBuilder& n) {
                n.integers("strides", {0, 1});
              }),
              HasSubstr("y: strides: expected 1 to"));
  EXPECT_THAT(refused([](NodeBuilder& n) {
                n.integers("strides", {-1, 1});
              }),
              HasSubstr("y: strides: expected 1 to"));
  EXPECT_THAT(refused([](NodeBuilder& n) {
                n.integers("strides", {1, 1, 1});
              }),
              HasSubstr("y: strides: expected 2 values"));
  EXPECT_THAT(refused([](NodeBuilder& n) {
                n.integers("dilations", {4, 4});
              }),
              HasSubstr("y: window of 9 elements"));
  EXPECT_THAT(refused([](NodeBuilder& n) {
                n.integers("dilations", {INT64_MAX, 1});
              }),
              HasSubstr("y: dilations"));
  EXPECT_THAT(refused([](NodeBuilder& n) {
                n.integers("pads", {0, 0, -1, 0});
              }),
              HasSubstr("y: pads: expected 0 to"));
  EXPECT_THAT(refused([](NodeBuilder& n) { n.integer("group", 2); }), HasSubstr("y: weight of shape"));
  EXPECT_THAT(refused([](NodeBuilder& n) { n.integer("group", 0); }), HasSubstr("y: weight of shape"));
  EXPECT_THAT(refused([](NodeBuilder& n) {
                n.integers("kernel_shape", {5, 5});
              }),
              HasSubstr("y: kernel_shape"));
  EXPECT_THAT(refused([](NodeBuilder& n) { n.text("auto_pad", "SOME"); }), HasSubstr("y: auto_pad"));
  EXPECT_THAT(refused([](NodeBuilder& n) { n.text("group", "one"); }), HasSubstr("not a valid ONNX model"));
}

TEST(BadNode, OperandsThatDoNotFit) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8}).input("z", {1, 4, 8, 8});
  m.node("Add", {"x", "z"}, {"y"});
  m.output("y");
  EXPECT_EQ(refusal(m), "y: shapes (1,3,8,8) and (1,4,8,8) do not broadcast");
  OnnxBuilder n;
  n.input("x", {1, 3, 8, 8}).input("z", {1, 4, 8, 9});
  n.node("Concat", {"x", "z"}, {"y"}).integer("axis", 1);
  n.output("y");
  EXPECT_EQ(refusal(n), "y: inputs (1,3,8,8) and (1,4,8,9) do not fit");
  OnnxBuilder o;
  o.input("x", {1, 3}).weight("w", {4, 5});
  o.node("Gemm", {"x", "w"}, {"y"});
  o.output("y");
  EXPECT_EQ(refusal(o), "y: matrices (1,3) and (4,5) do not fit");
}

TEST(BadNode, SlicesToNothing) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8}).integers("s", {2}).integers("e", {2}).integers("a", {1});
  m.node("Slice", {"x", "s", "e", "a"}, {"y"});
  m.output("y");
  EXPECT_THAT(refusal(m), HasSubstr("y: tensor 'y' has shape (1,0,8,8): expected dimensions from 1"));
}

TEST(BadNode, NamesWithControlCharactersGiveOneLine) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 8});
  m.node("Add", {"x", "gh\nost"}, {"y"}).name("bad\r\n\x01name");
  m.output("y");
  EXPECT_EQ(refusal(m), "bad name: reads tensor 'gh ost', which no node produces and is no graph input");
}

/// Any single damaged byte gives a graph or a one-line Error, and no large allocation.
TEST(Fuzz, DamagedBytesNeverCrash) {
  const rlimit limit{rlim_t{4} << 30, rlim_t{4} << 30};
#ifndef FUSESIM_SANITIZED
  setrlimit(RLIMIT_AS, &limit);
#endif
  OnnxBuilder full = small_model();
  full.integers("shape", {1, 2, 2}).integers("sizes", {1, 8, 4, 4});
  full.node("Resize", {"p", "", "", "sizes"}, {"z"});
  full.node("DepthToSpace", {"r"}, {"d"}).integer("blocksize", 2);
  full.node("MaxPool", {"r"}, {"m"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
  full.output("z").output("d").output("m");
  OnnxBuilder bare = full;
  bare.strip_weights();
  std::mt19937 random(7);
  int accepted = 0;
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string bytes = i % 2 == 0 ? bare.bytes() : full.bytes();
    const int changes = 1 + static_cast<int>(random() % 3);
    for (int k = 0; k < changes; ++k) bytes[random() % bytes.size()] = static_cast<char>(random());
    const ScratchFile file(bytes);
    const std::string message = message_for(file.path());
    (message == "accepted" ? accepted : refused) += 1;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
  EXPECT_GT(accepted, 100);
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace fusesim
