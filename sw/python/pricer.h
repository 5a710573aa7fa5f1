#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/import/import.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim/search/objective.h"
#include "fusesim/tools/options.h"
#include "fusesim/tools/search_plan.h"

namespace fusesim {

/// A network as it was read, and the one key of the configuration that reading depends on.
struct Network {
  ImportedModel model;
  bool fold_epilogues = true;
};

/// Why a group is not legal, indices that are none among the reasons; empty if it is.
std::string group_fault(const Graph& graph, const Group& group);

/// What a group comes to, or why it does not run.
struct GroupPrice {
  Group ops;
  std::string why_not;  ///< "op 'conv1': needs 100 bytes ..."; empty: it fits
  GroupMode mode = GroupMode::opaque;
  Scheme scheme{};     ///< that it runs under
  int64_t strips = 1;  ///< of columns, one after another
  GroupPrediction prediction;
};

/// Prices the groups of one network under one scheme and configuration, and searches plans of them. Its
/// threads take turns but for searches, which run side by side.
class Pricer {
 public:
  /// `arguments`: options of run_search, the model's among them. Throws Error as run_search says it, and if
  /// the network was read under another `graph.fold_epilogues`.
  Pricer(std::shared_ptr<const Network> network, const std::vector<std::string>& arguments);

  const Network& network() const { return *network_; }
  const Graph& graph() const { return *network_->model.graph; }
  const Config& config() const { return config_; }
  Scheme scheme() const { return *options_.scheme; }

  /// One of the objectives that are sums, with the configuration's slack for traffic. Throws Error for
  /// another name.
  std::shared_ptr<const Objective> objective(const std::string& name) const;
  /// Every group at the schedule that the objective takes, one after another as they stand: refreshes of the
  /// DRAM fall where they would if the groups that do not fit took no time. Throws Error if a group is not
  /// legal.
  std::vector<GroupPrice> price(const std::vector<Group>& groups, const Objective& objective);
  /// F_beta taken apart. Throws Error if the group is not legal.
  BufferBreakdown breakdown(const Group& group);
  /// Why the groups are no plan of the network; empty if they are one.
  std::string no_plan_reason(const std::vector<Group>& groups) const;
  /// JSON `fusesim.schedule/1` with its prediction. Throws Error if the groups are no plan or one does not
  /// fit.
  std::string schedule_json(const std::vector<Group>& groups, const Objective& objective) const;
  /// What run_search would find. Once `abandon` says so, from any thread, SearchAbandoned comes out, before
  /// another group is priced.
  FoundPlan search(Progress& progress, const StopFn& abandon) const;
  /// Whether the lower bound of that search, if it proves one, is one of the bytes of every plan.
  bool bounds_bytes() const;

 private:
  void require_legal(const Group& group) const;

  std::shared_ptr<const Network> network_;
  Options options_;
  Config config_;
  std::mutex mutex_;
  PlanGroupModel model_;
};

}  // namespace fusesim
