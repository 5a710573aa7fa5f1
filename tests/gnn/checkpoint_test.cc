#include "fusesim/gnn/checkpoint.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "fusesim/base/error.h"
#include "fusesim/base/sha256.h"
#include "fusesim/gnn/features.h"
#include "random_network.h"

namespace fusesim::gnn {
namespace {

const Provenance kProvenance = {"lbdf", "layout", "data", "run_train --fusion lbdf", 7, 50};

std::string stored() { return to_bytes(to_weight_file(Network(random_weights(1)), kProvenance)); }

Checkpoint loaded(const std::string& bytes) {
  return checkpoint_from(weight_file_from_bytes(bytes, "fusesim.gnn/1", "file"), "file");
}

TEST(Checkpoint, ComesBackBitForBit) {
  const Network network(random_weights(1));
  const Checkpoint back = loaded(stored());
  const GraphInput graph = random_input(2, 9);
  EXPECT_EQ(back.network.logits(graph), network.logits(graph));
  EXPECT_EQ(back.provenance.scheme, "lbdf");
  EXPECT_EQ(back.provenance.data_set, "data");
  EXPECT_EQ(back.provenance.seed, 7U);
  EXPECT_EQ(back.provenance.epochs, 50);
}

TEST(Checkpoint, EveryTruncationIsAnError) {
  const std::string bytes = stored();
  for (size_t size = 0; size < bytes.size(); size += 1 + size / 40) {
    EXPECT_THROW(loaded(bytes.substr(0, size)), Error) << size;
  }
  EXPECT_THROW(loaded(bytes + "x"), Error);
}

TEST(Checkpoint, EveryFlippedBitIsAnError) {
  const std::string bytes = stored();
  for (size_t at = 0; at < bytes.size(); at += 1 + at / 30) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_THROW(loaded(damaged), Error) << at;
  }
}

/// What a hash cannot find: a file that is whole, but says nonsense.
TEST(Checkpoint, WholeFilesWithWrongContentAreErrors) {
  const auto fails = [](const char* what, auto change) {
    WeightFile file = to_weight_file(Network(random_weights(1)), kProvenance);
    change(file);
    EXPECT_THROW(loaded(to_bytes(file)), Error) << what;
  };
  fails("other kind", [](WeightFile& f) { f.kind = "fusesim.pg/1"; });
  fails("no scheme", [](WeightFile& f) { f.text.erase("scheme"); });
  fails("no layer", [](WeightFile& f) { f.arrays.erase("layer2.root"); });
  fails("short layer", [](WeightFile& f) { f.arrays["layer2.root"].pop_back(); });
  fails("negative size", [](WeightFile& f) { f.text["hidden"] = "-128"; });
  fails("huge size", [](WeightFile& f) { f.text["hidden"] = "99999999999999999999"; });
  fails("many layers", [](WeightFile& f) { f.text["layers"] = "1000000"; });
  fails("no number", [](WeightFile& f) { f.text["classes"] = "two"; });
  fails("not finite", [](WeightFile& f) { f.arrays["output"][0] = std::numeric_limits<float>::infinity(); });
}

/// With a size of an array in place of that in the file, and a hash that agrees.
std::string with_array_size(const std::string& text) {
  constexpr size_t kHeaderSizeAt = 12;
  constexpr size_t kHashBytes = 64;
  std::string bytes = stored();
  bytes.resize(bytes.size() - kHashBytes);
  const std::string name = "\"feature_mean\":";
  const size_t begin = bytes.find(name) + name.size();
  const size_t digits = bytes.find_first_not_of("0123456789", begin) - begin;
  bytes.replace(begin, digits, text);
  bytes[kHeaderSizeAt] = static_cast<char>(static_cast<size_t>(bytes[kHeaderSizeAt]) + text.size() - digits);
  return bytes + sha256_hex(bytes);
}

TEST(Checkpoint, SizesOfArraysAreWholeNumbers) {
  for (const char* size : {"1e55", "2.5", "-1", "null", "\"2\""}) {
    try {
      loaded(with_array_size(size));
      ADD_FAILURE() << size << ": expected an error";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("'feature_mean': expected a whole number"), std::string::npos)
          << size << ": " << error.what();
    }
  }
}

TEST(Checkpoint, ForeignFilesAreErrors) {
  EXPECT_THROW(loaded(""), Error);
  EXPECT_THROW(loaded(std::string(1000, '\0')), Error);
  EXPECT_THROW(loaded("PK\x03\x04" + std::string(500, 'x')), Error);
  EXPECT_THROW(read_checkpoint("/nonexistent/file.weights"), Error);
  EXPECT_THROW(read_checkpoint(std::filesystem::temp_directory_path().string()), Error);
}

class GroupNetwork : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::path(testing::TempDir()) / "fusesim_gnn_checkpoint_test";
    std::filesystem::create_directories(directory_ / "models/gnn");
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void store(const Provenance& provenance, int64_t features) {
    write_checkpoint(Network(random_weights(1, features)), provenance,
                     (directory_ / "models/gnn/lbdf.weights").string());
  }

  std::filesystem::path directory_;
};

TEST_F(GroupNetwork, IsRefusedUnlessSchemeAndFeaturesAgree) {
  const auto features = static_cast<int64_t>(feature_names().size());
  Provenance provenance = kProvenance;
  provenance.feature_layout = feature_layout_hash();
  store(provenance, features);
  EXPECT_EQ(read_group_network("lbdf", directory_.string()).provenance.seed, 7U);
  EXPECT_THROW(read_group_network("brr", directory_.string()), Error);
  store(provenance, features - 1);
  EXPECT_THROW(read_group_network("lbdf", directory_.string()), Error);
  provenance.scheme = "brr";
  store(provenance, features);
  EXPECT_THROW(read_group_network("lbdf", directory_.string()), Error);
  store(kProvenance, features);
  EXPECT_THROW(read_group_network("lbdf", directory_.string()), Error);
}

}  // namespace
}  // namespace fusesim::gnn
