#include "network_layout.h"

#include <gmock/gmock.h>

namespace fusesim {
namespace {

using testing::ElementsAre;

std::vector<std::pair<int, int>> ends(const NetworkLayout& layout) {
  std::vector<std::pair<int, int>> result;
  for (const LayoutEdge& edge : layout.edges) result.emplace_back(edge.from, edge.to);
  return result;
}

TEST(NetworkLayout, PutsEveryOpBelowWhatItReads) {
  const NetworkLayout layout = lay_out({{-1}, {0}, {0}, {1, 2}});
  EXPECT_THAT(ends(layout), ElementsAre(std::pair(0, 1), std::pair(0, 2), std::pair(1, 3), std::pair(2, 3)));
  ASSERT_EQ(layout.centres.size(), 4);
  for (const auto& [from, to] : ends(layout))
    EXPECT_LE(layout.centres[static_cast<size_t>(from)].y + NetworkLayout::kNodeHeight,
              layout.centres[static_cast<size_t>(to)].y);
}

TEST(NetworkLayout, KeepsBoxesInsideAndApart) {
  const NetworkLayout layout = lay_out({{-1}, {0}, {0}, {0}, {1, 2, 3}});
  for (size_t a = 0; a < layout.centres.size(); ++a) {
    const LayoutPoint& p = layout.centres[a];
    EXPECT_GE(p.x - NetworkLayout::kNodeWidth / 2, 0);
    EXPECT_LE(p.x + NetworkLayout::kNodeWidth / 2, layout.width);
    EXPECT_GE(p.y - NetworkLayout::kNodeHeight / 2, 0);
    EXPECT_LE(p.y + NetworkLayout::kNodeHeight / 2, layout.height);
    for (size_t b = a + 1; b < layout.centres.size(); ++b) {
      const LayoutPoint& q = layout.centres[b];
      EXPECT_TRUE(std::abs(p.x - q.x) >= NetworkLayout::kNodeWidth ||
                  std::abs(p.y - q.y) >= NetworkLayout::kNodeHeight);
    }
  }
}

TEST(NetworkLayout, DrawsCubicCurves) {
  for (const LayoutEdge& edge : lay_out({{-1}, {0}, {1}, {0, 2}}).edges) EXPECT_EQ(edge.curve.size() % 3, 1);
}

TEST(NetworkLayout, DrawsTheLatestInputsOfAnOpWithMany) {
  std::vector<std::vector<int>> inputs;
  std::vector<int> all;
  for (int o = 0; o < 20; ++o) {
    inputs.push_back({-1});
    all.push_back(o);
  }
  inputs.push_back(all);
  const NetworkLayout layout = lay_out(inputs);
  ASSERT_EQ(layout.edges.size(), kDrawnInputs);
  EXPECT_EQ(layout.edges.front().from, 20 - static_cast<int>(kDrawnInputs));
  EXPECT_EQ(layout.edges.back().from, 19);
}

}  // namespace
}  // namespace fusesim
