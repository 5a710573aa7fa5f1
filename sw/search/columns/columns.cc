#include "fusesim/search/columns.h"

#include <algorithm>
#include <limits>

#include "columns/column_generation.h"
#include "columns/column_plans.h"
#include "fusesim/base/process_clock.h"

namespace fusesim {
namespace {

std::vector<int64_t> single_values(const SearchProblem& problem) {
  PlanGroupModel model = problem.group_model();
  std::vector<int64_t> values;
  for (size_t o = 0; o < problem.graph.ops.size(); ++o) {
    const auto op = static_cast<OpId>(o);
    values.push_back(problem.objective.value(cost_under(problem.objective, model, {op}).value()));
  }
  return values;
}

/// Of the time: when contiguous cuts, the first local search, exploration before the first proof, more of the
/// bound, the first plans and the bound have to be done. What is left is for plans. Of labels, where the time
/// has no limit, the bound's parts may take the same.
constexpr double kContiguousEnd = 0.03;
constexpr double kFirstLocalEnd = 0.1;
constexpr double kExplorationEnd = 0.4;
constexpr double kSecondBoundEnd = 0.65;
constexpr double kFirstPlansEnd = 0.92;
constexpr double kBoundEnd = 0.97;
/// When the first proof should be done, and when it has to be. Labels of proofs take longer than those before
/// them (nasnet_mobile, BRR, 256 KiB: 1.4 times as long), and there may be more than expected.
constexpr double kProofEnd = 0.85;
constexpr double kLatestProofEnd = 0.92;
constexpr double kProofMargin = 1.7;
/// Plans that the first local search proposes, without and with a limit of time, which then ends it.
constexpr int64_t kFirstProposals = 5000;
constexpr int64_t kMostProposals = 100'000;

class ColumnsRun {
 public:
  ColumnsRun(const SearchProblem& problem, const ColumnsOptions& options)
      : problem_(problem),
        options_(options),
        exact_(problem.graph, problem.scheme, problem.config, problem.abandon),
        alone_(single_values(problem)),
        generation_(problem, alone_),
        plans_(problem, generation_.prices(), alone_, generation_,
               [this](const ValuedPlan& plan) { take(plan); }) {}

  SearchResult run() {
    begin();
    if (options_.plans) search_first_plan();
    generation_.begin_with(best_.plan);
    bool goes_on = raise_bound(kExplorationEnd, kProofEnd, kLatestProofEnd);
    if (goes_on) goes_on = raise_bound(kSecondBoundEnd, kSecondBoundEnd, kSecondBoundEnd);
    if (options_.plans) plans_.search(best_.lower_bound, until(kFirstPlansEnd));
    if (goes_on) raise_bound(kBoundEnd, kBoundEnd, kBoundEnd);
    if (options_.plans) plans_.search(best_.lower_bound, until(1.0));
    const int64_t bound = best_.lower_bound;
    best_ = exact_.of(best_.plan, problem_.objective);
    best_.lower_bound = bound;
    report();
    best_.stopped = is_stopped() && !best_.optimal;
    return best_;
  }

 private:
  /// Contiguous cuts, or every op alone where they take long, with the bound that any group has, and the
  /// plans that are known.
  void begin() {
    exact_.stop_when(stop_at(kContiguousEnd));
    const SearchResult contiguous = exact_.contiguous(problem_.objective);
    exact_.stop_when({});
    best_.lower_bound = contiguous.lower_bound;
    plans_.offer(contiguous.plan, contiguous.value);
    for (const Plan& plan : options_.known) plans_.offer(plan, exact_.of(plan, problem_.objective).value);
  }

  /// Contiguous cuts are no good place to begin from.
  void search_first_plan() {
    const bool is_limited = options_.most_cpu_seconds > 0.0;
    plans_.search_locally(is_limited ? kMostProposals : kFirstProposals, options_.known.empty(),
                          until(kFirstLocalEnd));
  }

  void take(const ValuedPlan& plan) {
    best_.plan = plan.plan;
    best_.value = plan.value;
    report();
  }

  void report() {
    best_.lower_bound = std::min(best_.value, std::max(best_.lower_bound, generation_.lower_bound()));
    best_.optimal = best_.lower_bound == best_.value;
    best_.seconds = process_cpu_seconds() - begin_;
    if (options_.progress) options_.progress({best_.value, best_.lower_bound, best_.seconds});
  }

  bool is_stopped() const {
    check_abandoned(problem_.abandon);
    return options_.stop && options_.stop();
  }

  Ending until(double share) const {
    return {[this] { return is_stopped(); },
            [this, share] {
              if (options_.most_cpu_seconds <= 0.0) return std::numeric_limits<double>::infinity();
              return share * options_.most_cpu_seconds - (process_cpu_seconds() - begin_);
            }};
  }

  StopFn stop_at(double share) const {
    return [this, ending = until(share), most = share * static_cast<double>(options_.most_labels)] {
      return ending.now() || (options_.most_labels > 0 && static_cast<double>(generation_.labels()) >= most);
    };
  }

  /// Whether a proof that begins now is likely to be done by then.
  bool can_prove_until(double end) const {
    const double need = kProofMargin * static_cast<double>(generation_.labels_of_proof());
    const auto labels = static_cast<double>(generation_.labels());
    if (options_.most_labels > 0 && end * static_cast<double>(options_.most_labels) < labels + need)
      return false;
    return until(end).seconds_left() > need * label_seconds_;
  }

  /// Explores until its end, but no longer than what it finds can be proven by the end of proofs, and proves
  /// that, until the latest end. Plans come before the last of the bound. False once there is nothing left to
  /// prove.
  bool raise_bound(double end, double proof_end, double latest_end) {
    if (!can_prove_until(proof_end)) return true;
    const double begin = process_cpu_seconds();
    const int64_t before = generation_.labels();
    const StopFn explored = stop_at(end);
    const StopFn stop = stop_at(latest_end);
    while (can_prove_until(proof_end) && !explored()) {
      if (best_.optimal) return false;
      if (options_.plans && end < kBoundEnd && generation_.is_nearly_done()) return true;
      if (!generation_.iterate(stop)) break;
      const auto labels = static_cast<double>(generation_.labels() - before);
      label_seconds_ = (process_cpu_seconds() - begin) / std::max(1.0, labels);
      report();
    }
    if (generation_.is_done()) return false;
    if (generation_.is_unproven()) generation_.prove(stop);
    report();
    return !best_.optimal;
  }

  const SearchProblem& problem_;
  const ColumnsOptions& options_;
  double begin_ = process_cpu_seconds();
  double label_seconds_ = 0.0;  ///< of the bound's sweeps
  ExactSearch exact_;
  std::vector<int64_t> alone_;
  ColumnGeneration generation_;
  SearchResult best_;
  ColumnPlans plans_;
};

}  // namespace

SearchResult columns_search(const SearchProblem& problem, const ColumnsOptions& options) {
  return ColumnsRun(problem, options).run();
}

}  // namespace fusesim
