#include <gmock/gmock.h>

#include "onnx_files.h"
#include "program.h"

namespace fusesim {
namespace {

class BadModel : public RunSimTest {
 protected:
  void expect_refused_model(const std::string& bytes, const std::vector<std::string>& parts) const {
    write("net.onnx", bytes);
    expect_refused({"--model", "net.onnx", "--fusion", "brr"}, parts);
  }
};

TEST_F(BadModel, MissingFile) {
  expect_refused({"--model", "absent.onnx", "--fusion", "brr"}, {"absent.onnx"});
}

TEST_F(BadModel, UnknownZooNameGetsANearOne) {
  expect_refused({"--model", "resnet19", "--fusion", "brr"}, {"resnet19", "resnet18"});
}

TEST_F(BadModel, Directory) {
  expect_refused({"--model", folder().string(), "--fusion", "brr"}, {folder().string()});
}

TEST_F(BadModel, EmptyFile) { expect_refused_model("", {"net.onnx"}); }

TEST_F(BadModel, Truncated) {
  const std::string whole = conv_chain_onnx({1, 3, 8, 8});
  for (const size_t size : {whole.size() - 1, whole.size() / 2, size_t{10}}) {
    expect_refused_model(whole.substr(0, size), {"net.onnx"});
  }
}

TEST_F(BadModel, Text) { expect_refused_model("This is not a network.\n", {"net.onnx"}); }

TEST_F(BadModel, Cycle) { expect_refused_model(cyclic_onnx(), {"net.onnx", "add_a"}); }

TEST_F(BadModel, ZeroDimension) { expect_refused_model(relu_onnx({1, 3, 0, 8}), {"net.onnx", "image"}); }

TEST_F(BadModel, NegativeDimension) {
  expect_refused_model(relu_onnx({1, 3, -5, 8}), {"net.onnx", "image", "-5"});
}

TEST_F(BadModel, DimensionsWhoseProductOverflows) {
  expect_refused_model(relu_onnx({1, int64_t{1} << 40, int64_t{1} << 40, 8}), {"net.onnx", "image"});
}

TEST_F(BadModel, RowsColumnsAndChannelsThatNoMemoryHolds) {
  const int64_t many = int64_t{1} << 31;
  for (const std::vector<Dimension>& shape :
       {std::vector<Dimension>{1, 1, many, 1}, {1, 1, 1, many}, {1, many, 1, 1}})
    expect_refused_model(relu_onnx(shape),
                         {"graph.memory_limit: expected at least ", " MiB", "2147483648", "tensor '"});
}

TEST_F(BadModel, ImagesThatNoMemoryHolds) {
  write("net.onnx", relu_onnx({1, 64, 256, 2}));
  const std::vector<std::string> run = {"--model", "net.onnx", "--fusion",
                                        "brr",     "--set",    "graph.memory_limit=1MiB"};
  EXPECT_EQ(run_sim(run).exit_code, 0);
  std::vector<std::string> batch = run;
  batch.insert(batch.end(), {"--batch", "16"});
  expect_refused(batch, {"graph.memory_limit: expected at least 5 MiB", "in 16 images"});
}

TEST_F(BadModel, Batch) {
  write("net.onnx", relu_onnx({2, 3, 8, 8}));
  expect_refused({"--model", "net.onnx", "--fusion", "brr", "--batch", "3"},
                 {"net.onnx", "--batch", "image=1,3,8,8"});
}

TEST_F(BadModel, DynamicShapeNamesInputAndDimension) {
  expect_refused_model(relu_onnx({1, 3, "height", 8}), {"net.onnx", "image", "height", "--input-shape"});
}

TEST_F(BadModel, InputShapeOfAnUnknownInput) {
  write("net.onnx", relu_onnx({1, 3, 8, 8}));
  expect_refused({"--model", "net.onnx", "--fusion", "brr", "--input-shape", "picture=1,3,8,8"}, {"picture"});
}

TEST_F(BadModel, MalformedInputShape) {
  write("net.onnx", relu_onnx({1, 3, "height", 8}));
  for (const char* shape : {"image", "image=", "=1,3,8,8", "image=1,3,,8", "image=1,3,8,8,", "image=1,3,-8,8",
                            "image=1,3,08,8", "image=1,3,0,8", "image=1,3,8.5,8"}) {
    expect_refused({"--model", "net.onnx", "--fusion", "brr", "--input-shape", shape},
                   {"--input-shape: expected name=N,C,H,W", shape});
  }
}

TEST_F(BadModel, LimitsOfTheImport) {
  write("net.onnx", conv_chain_onnx({1, 3, 8, 8}));
  expect_refused({"--model", "net.onnx", "--fusion", "brr", "--import-limit", "lots"},
                 {"--import-limit", "lots"});
  EXPECT_EQ(run_sim({"--model", "net.onnx", "--fusion", "brr", "--import-limit", "1GiB,10s"}).exit_code, 0);
}

/// Longer than the memory that a small program has to spare.
TEST_F(BadModel, ThatNeedsMoreThanTheImportMay) {
#ifdef FUSESIM_SANITIZED
  GTEST_SKIP() << "the address space of such programs says nothing about what they allocate";
#endif
  write("net.onnx", relu_chain_onnx(20000));
  expect_refused({"--model", "net.onnx", "--fusion", "brr", "--import-limit", "2MiB"},
                 {"net.onnx", "2 MiB of address space", "--import-limit"});
}

TEST_F(BadModel, OperatorsAreNamed) {
  expect_refused_model(two_outputs_onnx(), {"net.onnx", "twice", "Relu", "expected 1 output, got 2"});
}

TEST_F(BadModel, BufferTooSmallNamesOpsAndBytes) {
  // Of both convolutions the weights that are on chip at a time are more than 64 bytes under every schedule.
  write("net.onnx", conv_chain_onnx({1, 3, 64, 64}));
  for (const char* fusion : {"brr", "lbdf"}) {
    const Finished finished =
        run_sim({"--model", "net.onnx", "--fusion", fusion, "--buffer", "64", "--out", "results"});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_EQ(finished.out, "");
    EXPECT_FALSE(std::filesystem::exists(folder() / "results"));
    EXPECT_THAT(finished.err,
                testing::MatchesRegex("op 'conv_a': needs [0-9]+ bytes, buffer has 64\n"
                                      "op 'conv_b': needs [0-9]+ bytes, buffer has 64\n"
                                      "the whole network runs with a buffer of [0-9]+ bytes.*\n"));
  }
}

}  // namespace
}  // namespace fusesim
