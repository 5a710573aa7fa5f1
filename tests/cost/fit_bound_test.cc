#include "fusesim/cost/fit_bound.h"
#include "fusesim/testing/cost_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "brute_plans.h"
#include "group_tracker.h"
#include "small_graphs.h"

namespace fusesim {
namespace {

constexpr uint64_t kGraphs = 150;

CostParams params_of(uint64_t seed) {
  CostParams params;
  if (seed % 3 == 1) params.slice_channels = {4, 2, 1};
  if (seed % 3 == 1) params.pe_rows = 4;
  if (seed % 5 == 3) params.datatypes.activation_bytes = 2;
  if (seed % 4 == 2) params.datatypes.partial_sum_bytes = params.datatypes.activation_bytes;
  params.double_buffer = double_buffer_names()[seed % 7 % 3].second;
  return params;
}

/// All sets of ops of a group.
std::vector<Group> parts_of(const Group& group) {
  std::vector<Group> parts;
  for (uint32_t mask = 1; mask < uint32_t{1} << group.size(); ++mask) {
    Group part;
    for (size_t i = 0; i < group.size(); ++i) {
      if ((mask >> i & 1U) != 0) part.push_back(group[i]);
    }
    parts.push_back(part);
  }
  return parts;
}

int64_t bound_of(FitBound& bound, const Group& part) {
  for (OpId o : part) bound.push(o);
  const int64_t bytes = bound.bytes();
  for (size_t i = 0; i < part.size(); ++i) bound.pop();
  return bytes;
}

int64_t extra_of(FitBound& bound, const Group& part) {
  for (OpId o : part) bound.push(o);
  const int64_t bytes = bound.extra_bytes();
  for (size_t i = 0; i < part.size(); ++i) bound.pop();
  return bytes;
}

enum class Which { lbdf, brr };

void expect_bound_holds(Which which) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 9);
    const CostParams params = params_of(seed);
    const testing::CostModel cost(graph, params);
    const auto bound = which == Which::lbdf ? fusion_scheme(Scheme::lbdf).fit_bound(graph, params, kNeverFits)
                                            : fusion_scheme(Scheme::brr).fit_bound(graph, params, kNeverFits);
    for (const Group& group : testing::all_groups(graph)) {
      if (group.size() < 2) continue;
      const int64_t f_beta = which == Which::lbdf ? cost.lbdf_f_beta(group) : cost.brr_f_beta(group);
      for (const Group& part : parts_of(group)) {
        ASSERT_LE(bound_of(*bound, part), f_beta) << "seed " << seed << "\n"
                                                  << testing::describe(graph) << "group\n"
                                                  << testing::describe(graph, group) << "part\n"
                                                  << testing::describe(graph, part);
      }
    }
  }
}

/// A bound of nothing would pass the tests above.
void expect_bound_is_close(Which which, int64_t least_percent) {
  int64_t bound_sum = 0;
  int64_t f_beta_sum = 0;
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 9);
    const CostParams params;
    const testing::CostModel cost(graph, params);
    const auto bound = which == Which::lbdf ? fusion_scheme(Scheme::lbdf).fit_bound(graph, params, kNeverFits)
                                            : fusion_scheme(Scheme::brr).fit_bound(graph, params, kNeverFits);
    for (const Group& group : testing::all_groups(graph)) {
      const int64_t f_beta = which == Which::lbdf ? cost.lbdf_f_beta(group) : cost.brr_f_beta(group);
      if (group.size() < 2 || f_beta == kNeverFits) continue;
      bound_sum += bound_of(*bound, group);
      f_beta_sum += f_beta;
    }
  }
  EXPECT_GE(100 * bound_sum, least_percent * f_beta_sum);
}

TEST(LbdfFitBound, NeverExceedsFBetaOfAnyGroupAroundIt) { expect_bound_holds(Which::lbdf); }
TEST(BrrFitBound, NeverExceedsFBetaOfAnyGroupAroundIt) { expect_bound_holds(Which::brr); }
TEST(LbdfFitBound, IsCloseToFBeta) { expect_bound_is_close(Which::lbdf, 90); }
TEST(BrrFitBound, IsCloseToFBeta) { expect_bound_is_close(Which::brr, 70); }

/// Buffers around the sizes at which a group begins to fit and at which its weights do.
TEST(BrrFitBound, NeverExceedsTheExtraTrafficOfAnyGroupAroundIt) {
  int64_t positive = 0;
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 9);
    const CostParams params = params_of(seed);
    const testing::CostModel cost(graph, params);
    const TrafficFloor floor = fusion_scheme(Scheme::brr).traffic_floor(graph, params.datatypes);
    GroupTracker tracker(graph, floor);
    for (const Group& group : testing::all_groups(graph)) {
      const int64_t f_beta = cost.brr_f_beta(group);
      if (group.size() < 2 || f_beta == kNeverFits) continue;
      for (OpId o : group) tracker.push(o);
      const int64_t floor_bytes = tracker.floor_bytes();
      while (!tracker.ops().empty()) tracker.pop();
      for (const int64_t buffer_bytes :
           {f_beta + 1, f_beta + f_beta / 4 + 1, 2 * f_beta + 1, 4 * f_beta + 1}) {
        const int64_t extra = cost.brr(group, buffer_bytes)->traffic.total_bytes() - floor_bytes;
        ASSERT_GE(extra, 0) << "seed " << seed << "\n" << testing::describe(graph, group);
        const auto bound = fusion_scheme(Scheme::brr).fit_bound(graph, params, buffer_bytes);
        for (const Group& part : parts_of(group)) {
          Group rest;
          std::set_difference(group.begin(), group.end(), part.begin(), part.end(), std::back_inserter(rest));
          int64_t sum = extra_of(*bound, part);
          if (!rest.empty()) sum += extra_of(*bound, rest);
          positive += sum > 0 ? 1 : 0;
          ASSERT_LE(sum, extra) << "seed " << seed << ", buffer " << buffer_bytes << "\n"
                                << testing::describe(graph) << "group\n"
                                << testing::describe(graph, group) << "part\n"
                                << testing::describe(graph, part);
        }
      }
    }
  }
  EXPECT_GT(positive, 1000);
}

TEST(FitBound, ForgetsWhatIsPopped) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 9);
    const CostParams params;
    for (const FusionScheme* scheme : fusion_schemes()) {
      const auto used = scheme->fit_bound(graph, params, kNeverFits);
      for (const Group& group : testing::all_groups(graph)) bound_of(*used, group);
      for (const Group& group : testing::all_groups(graph)) {
        const auto fresh = scheme->fit_bound(graph, params, kNeverFits);
        ASSERT_EQ(bound_of(*used, group), bound_of(*fresh, group)) << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace fusesim
