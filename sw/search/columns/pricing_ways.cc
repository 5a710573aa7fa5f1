#include "columns/pricing_ways.h"

#include <utility>

#include "columns/pricing.h"
#include "columns/tile_pricing.h"

namespace fusesim {
namespace {

class RingWay : public PricingWay {
 public:
  RingWay(PriceFloor floor, const std::vector<OpId>& order)
      : floor_(std::move(floor)), frontier_(floor_, order), pricing_(frontier_) {}

  const PriceFloor& prices() const override { return floor_; }
  Priced run(const std::vector<int64_t>& duals, const PricingOptions& options) override {
    return pricing_.run(duals, options);
  }
  int64_t floor_of(const Group& group) override { return pricing_.floor_of(group); }

 private:
  PriceFloor floor_;
  Frontier frontier_;
  Pricing pricing_;
};

class TileWay : public PricingWay {
 public:
  TileWay(PriceFloor floor, const std::vector<OpId>& order, std::shared_ptr<TilePricing>& pricing)
      : floor_(std::move(floor)), frontier_(floor_, order) {
    if (!pricing) pricing = std::make_shared<TilePricing>(frontier_.slots());
    pricing_ = pricing;
  }

  const PriceFloor& prices() const override { return floor_; }
  Priced run(const std::vector<int64_t>& duals, const PricingOptions& options) override {
    return pricing_->run(frontier_, duals, options);
  }
  int64_t floor_of(const Group& group) override { return pricing_->floor_of(frontier_, group); }

 private:
  PriceFloor floor_;
  TileFrontier frontier_;
  std::shared_ptr<TilePricing> pricing_;  ///< whose memory is large: all ways have one
};

}  // namespace

std::vector<std::unique_ptr<PricingWay>> pricing_ways(const SearchProblem& problem,
                                                      const std::vector<OpId>& order) {
  std::vector<std::unique_ptr<PricingWay>> ways;
  std::shared_ptr<TilePricing> tiles;
  for (PriceFloor& floor : price_floors(problem)) {
    if (floor.storage_floor().has_slices) {
      ways.push_back(std::make_unique<TileWay>(std::move(floor), order, tiles));
    } else {
      ways.push_back(std::make_unique<RingWay>(std::move(floor), order));
    }
  }
  return ways;
}

}  // namespace fusesim
