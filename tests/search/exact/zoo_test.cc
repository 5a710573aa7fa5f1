#include <gtest/gtest.h>

#include <algorithm>

#include "fusesim/import/import.h"
#include "fusesim/search/exact.h"

namespace fusesim {
namespace {

constexpr int64_t kBuffersKib[] = {96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096};
/// Of the traffic that is found: how far the proven lower bound may be below it.
constexpr double kMostGap = 0.05;

class ExactOnZoo : public ::testing::TestWithParam<std::tuple<std::string, Scheme>> {};

/// Where both ends are optimal the traffic may not rise with the buffer; elsewhere the bounds must leave room
/// for that.
TEST_P(ExactOnZoo, IsProvenMonotoneAndNeverAboveTheContiguousCut) {
  const auto& [name, scheme] = GetParam();
  const ImportedModel model = import_onnx(resolve_model(name, data_directory()));
  const Graph& graph = *model.graph;
  int64_t before = kNeverFits;
  for (const int64_t kib : kBuffersKib) {
    SCOPED_TRACE(std::to_string(kib) + " KiB");
    Config config;
    config.buffer.capacity_bytes = kib * 1024;
    const SearchResult exact = exact_search({graph, scheme, config});
    const SearchResult contiguous = contiguous_search({graph, scheme, config});
    EXPECT_EQ(illegal_reason(graph, exact.plan), "");
    EXPECT_EQ(illegal_reason(graph, contiguous.plan), "");
    EXPECT_LE(exact.network_bytes, contiguous.network_bytes);
    EXPECT_LE(exact.lower_bound, exact.network_bytes);
    const auto gap_bytes = static_cast<double>(exact.network_bytes - exact.lower_bound);
    EXPECT_LE(gap_bytes, kMostGap * static_cast<double>(exact.network_bytes));
    EXPECT_LE(exact.lower_bound, before);
    if (exact.optimal) {
      EXPECT_LE(exact.network_bytes, before);
    }
    before = std::min(before, exact.network_bytes);
  }
}

std::string name_of(const ::testing::TestParamInfo<ExactOnZoo::ParamType>& info) {
  return std::get<0>(info.param) + "_" + to_string(std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(Zoo, ExactOnZoo,
                         ::testing::Combine(::testing::ValuesIn(zoo_models(data_directory())),
                                            ::testing::Values(Scheme::lbdf, Scheme::brr)),
                         name_of);

}  // namespace
}  // namespace fusesim
