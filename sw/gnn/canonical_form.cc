#include <algorithm>
#include <cstring>

#include "fusesim/base/sha256.h"
#include "fusesim/gnn/dataset.h"
#include "fusesim/gnn/features.h"

namespace fusesim::gnn {
namespace {

using Colour = uint64_t;

/// Finaliser of SplitMix64.
Colour mixed(Colour x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

Colour joined(Colour a, Colour b) { return mixed(a ^ (b * 0x9E3779B97F4A7C15U + (a << 6U) + (a >> 2U))); }

Colour joined(Colour a, std::vector<Colour> bag) {
  std::sort(bag.begin(), bag.end());
  Colour result = joined(a, bag.size());
  for (const Colour c : bag) result = joined(result, c);
  return result;
}

std::vector<Colour> first_colours(const GraphInput& input) {
  std::vector<Colour> colours(static_cast<size_t>(input.nodes), 0);
  for (size_t i = 0; i < input.features.size(); ++i) {
    const size_t column = i % static_cast<size_t>(input.feature_count);
    if (column == beta_column()) continue;
    uint32_t bits = 0;
    std::memcpy(&bits, &input.features[i], sizeof bits);
    Colour& colour = colours[i / static_cast<size_t>(input.feature_count)];
    colour = joined(colour, bits);
  }
  return colours;
}

}  // namespace

std::string canonical_form(const GraphInput& input) {
  std::vector<Colour> colours = first_colours(input);
  std::vector<std::vector<int32_t>> sources(colours.size());
  std::vector<std::vector<int32_t>> readers(colours.size());
  for (const auto& [from, to] : input.edges) {
    sources[static_cast<size_t>(to)].push_back(from);
    readers[static_cast<size_t>(from)].push_back(to);
  }
  const auto bag = [&colours](const std::vector<int32_t>& nodes) {
    std::vector<Colour> result;
    result.reserve(nodes.size());
    for (const int32_t n : nodes) result.push_back(colours[static_cast<size_t>(n)]);
    return result;
  };
  for (int64_t round = 0; round < input.nodes; ++round) {
    std::vector<Colour> next(colours.size());
    for (size_t i = 0; i < colours.size(); ++i) {
      next[i] = joined(joined(colours[i], bag(sources[i])), bag(readers[i]));
    }
    colours = std::move(next);
  }
  std::sort(colours.begin(), colours.end());
  std::string text;
  for (const Colour c : colours) text += std::to_string(c) + ' ';
  return sha256_hex(text);
}

}  // namespace fusesim::gnn
