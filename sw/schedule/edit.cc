#include "fusesim/schedule/edit.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

constexpr size_t kMostSuggestions = 12;
constexpr const char* kNew = "new";

std::optional<size_t> group_number(const std::string& text) {
  size_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

/// "12@5" of a split, "5>4" of a move: a group and an op around a mark.
bool parse_around(const std::string& group, const std::string& op, PlanEdit& edit) {
  if (op.empty()) return false;
  edit.op = op;
  if (edit.kind == PlanEdit::Kind::move && group == kNew) return true;
  const std::optional<size_t> number = group_number(group);
  if (number) edit.groups = {*number};
  return number.has_value();
}

bool parse_groups(std::string list, PlanEdit& edit) {
  list += '+';
  for (size_t begin = 0, at = 0; (at = list.find('+', begin)) != std::string::npos; begin = at + 1) {
    const std::optional<size_t> number = group_number(list.substr(begin, at - begin));
    if (!number || std::find(edit.groups.begin(), edit.groups.end(), *number) != edit.groups.end())
      return false;
    edit.groups.push_back(*number);
  }
  return edit.groups.size() >= 2;
}

/// The first of them, with commas.
std::string listed(const std::vector<std::string>& items) {
  std::string text;
  for (size_t i = 0; i < std::min(kMostSuggestions, items.size()); ++i)
    text += (i > 0 ? ", " : "") + items[i];
  if (items.size() > kMostSuggestions)
    text += " and " + std::to_string(items.size() - kMostSuggestions) + " more";
  return text.empty() ? "none" : text;
}

/// Groups of a plan, or the reason why they are none.
struct Attempt {
  EditedPlan result;
  std::string reason;
};

/// One edit of one plan.
class Editor {
 public:
  Editor(const Graph& graph, const Plan& plan, const PlanEdit& edit)
      : graph_(graph), plan_(plan), edit_(edit), owner_(graph.ops.size(), 0) {
    for (size_t i = 0; i < plan.size(); ++i) {
      for (const OpId o : plan[i]) owner_[static_cast<size_t>(o)] = i;
    }
  }

  EditedPlan run(std::optional<OpId> op) const {
    for (const size_t group : edit_.groups) {
      if (group >= plan_.size())
        refuse("expected groups below " + std::to_string(plan_.size()) + ", got " + std::to_string(group));
    }
    switch (edit_.kind) {
      case PlanEdit::Kind::split:
        return split(edit_.groups.front(), *op);
      case PlanEdit::Kind::merge:
        return merge();
      case PlanEdit::Kind::move:
        return move(*op);
    }
    refuse("expected " + std::string(kEditForms));
  }

 private:
  [[noreturn]] void refuse(const std::string& reason) const { throw Error(edit_.text + ": " + reason); }

  std::string name(OpId op) const { return "op " + std::to_string(op) + " ('" + graph_.op(op).name + "')"; }

  /// The plan with `changed` groups in the places of the first of `gone`.
  Attempt attempt(const std::vector<size_t>& gone, const std::vector<Group>& changed) const {
    Attempt out;
    for (const Group& group : changed) {
      out.reason = illegal_reason(graph_, group);
      if (!out.reason.empty()) return out;
    }
    EditedPlan plan;
    const size_t place = *std::min_element(gone.begin(), gone.end());
    for (size_t i = 0; i < plan_.size(); ++i) {
      if (i == place) {
        for (const Group& group : changed) {
          plan.plan.push_back(group);
          plan.kept.emplace_back();
        }
      }
      if (std::find(gone.begin(), gone.end(), i) != gone.end()) continue;
      plan.plan.push_back(plan_[i]);
      plan.kept.emplace_back(i);
    }
    out.reason = put_in_order(plan);
    out.result = std::move(plan);
    return out;
  }

  /// For each group how many of those that it reads are still to run, and who reads it.
  struct Quotient {
    std::vector<std::set<size_t>> readers;
    std::vector<size_t> waits_for;
  };

  Quotient quotient(const Plan& plan) const {
    std::vector<size_t> owner(graph_.ops.size(), 0);
    for (size_t i = 0; i < plan.size(); ++i) {
      for (const OpId o : plan[i]) owner[static_cast<size_t>(o)] = i;
    }
    Quotient q{std::vector<std::set<size_t>>(plan.size()), std::vector<size_t>(plan.size(), 0)};
    for (size_t o = 0; o < graph_.ops.size(); ++o) {
      for (const TensorId t : graph_.ops[o].inputs) {
        const OpId producer = graph_.tensor(t).producer;
        if (producer < 0) continue;
        const size_t from = owner[static_cast<size_t>(producer)];
        if (from != owner[o] && q.readers[from].insert(owner[o]).second) ++q.waits_for[owner[o]];
      }
    }
    return q;
  }

  /// Always the first group that can run. Returns why there is none: groups that wait for each other.
  std::string put_in_order(EditedPlan& plan) const {
    Quotient q = quotient(plan.plan);
    std::set<size_t> ready;
    for (size_t i = 0; i < plan.plan.size(); ++i) {
      if (q.waits_for[i] == 0) ready.insert(i);
    }
    EditedPlan sorted;
    while (!ready.empty()) {
      const size_t next = *ready.begin();
      ready.erase(ready.begin());
      sorted.plan.push_back(plan.plan[next]);
      sorted.kept.push_back(plan.kept[next]);
      for (const size_t reader : q.readers[next]) {
        if (--q.waits_for[reader] == 0) ready.insert(reader);
      }
    }
    if (sorted.plan.size() == plan.plan.size()) {
      plan = std::move(sorted);
      return "";
    }
    for (size_t i = 0; i < plan.plan.size(); ++i) {
      if (q.waits_for[i] > 0 && plan.kept[i] && in_circle(q, i))
        return "group " + std::to_string(*plan.kept[i]) + " would have to run both before and after it";
    }
    return "no order of the groups would be left in which each has what it reads";
  }

  /// Whether a group is reached from itself.
  static bool in_circle(const Quotient& q, size_t group) {
    std::set<size_t> reached;
    std::vector<size_t> open = {group};
    while (!open.empty()) {
      const size_t next = open.back();
      open.pop_back();
      for (const size_t reader : q.readers[next]) {
        if (reader == group) return true;
        if (reached.insert(reader).second) open.push_back(reader);
      }
    }
    return false;
  }

  Attempt try_split(size_t group, OpId before) const {
    const Group& ops = plan_[group];
    const auto at = std::lower_bound(ops.begin(), ops.end(), before);
    return attempt({group}, {Group(ops.begin(), at), Group(at, ops.end())});
  }

  EditedPlan split(size_t group, OpId before) const {
    const Group& ops = plan_[group];
    std::string reason;
    if (!std::binary_search(ops.begin(), ops.end(), before)) {
      reason = "expected an op of group " + std::to_string(group) + ", got " + name(before) + " of group " +
               std::to_string(owner_[static_cast<size_t>(before)]);
    } else if (before == ops.front()) {
      reason = name(before) + " is the first of its group: nothing lies before it";
    } else {
      Attempt tried = try_split(group, before);
      if (tried.reason.empty()) return std::move(tried.result);
      reason = tried.reason;
    }
    std::vector<std::string> legal;
    for (size_t i = 1; i < ops.size(); ++i) {
      if (try_split(group, ops[i]).reason.empty()) legal.push_back(std::to_string(ops[i]));
    }
    refuse(reason + "; legal: group " + std::to_string(group) + " before ops: " + listed(legal));
  }

  Attempt try_merge(const std::vector<size_t>& groups) const {
    Group ops;
    for (const size_t group : groups) ops.insert(ops.end(), plan_[group].begin(), plan_[group].end());
    std::sort(ops.begin(), ops.end());
    return attempt(groups, {ops});
  }

  /// Groups that share a tensor that one of them makes.
  std::set<size_t> neighbours(size_t group) const {
    std::set<size_t> found;
    for (const OpId o : plan_[group]) {
      for (const TensorId t : graph_.op(o).inputs) {
        const OpId producer = graph_.tensor(t).producer;
        if (producer >= 0) found.insert(owner_[static_cast<size_t>(producer)]);
      }
      for (const TensorId t : graph_.op(o).outputs) {
        for (const OpId reader : graph_.tensor(t).consumers)
          found.insert(owner_[static_cast<size_t>(reader)]);
      }
    }
    found.erase(group);
    return found;
  }

  EditedPlan merge() const {
    Attempt tried = try_merge(edit_.groups);
    if (tried.reason.empty()) return std::move(tried.result);
    const size_t first = edit_.groups.front();
    std::vector<std::string> legal;
    for (const size_t other : neighbours(first)) {
      if (try_merge({first, other}).reason.empty()) legal.push_back(std::to_string(other));
    }
    refuse(tried.reason + "; legal: group " + std::to_string(first) + " with one of: " + listed(legal));
  }

  /// Into a group, or, without one, into a new group after what is left of its own.
  Attempt try_move(OpId op, std::optional<size_t> target) const {
    const size_t source = owner_[static_cast<size_t>(op)];
    Group rest = plan_[source];
    rest.erase(std::find(rest.begin(), rest.end(), op));
    Group joined = target ? plan_[*target] : Group();
    joined.insert(std::lower_bound(joined.begin(), joined.end(), op), op);
    std::vector<size_t> gone = {source};
    if (target) gone.push_back(*target);
    std::vector<Group> changed;
    if (!rest.empty()) changed.push_back(rest);
    changed.push_back(joined);
    return attempt(gone, changed);
  }

  EditedPlan move(OpId op) const {
    const size_t source = owner_[static_cast<size_t>(op)];
    const std::optional<size_t> target =
        edit_.groups.empty() ? std::nullopt : std::optional<size_t>(edit_.groups.front());
    std::string reason;
    if (target == source) {
      reason = name(op) + " is in group " + std::to_string(source) + " already";
    } else if (!target && plan_[source].size() == 1) {
      reason = name(op) + " is alone in group " + std::to_string(source) + " already";
    } else {
      Attempt tried = try_move(op, target);
      if (tried.reason.empty()) return std::move(tried.result);
      reason = tried.reason;
    }
    std::vector<std::string> legal;
    for (const size_t other : neighbours(source)) {
      if (try_move(op, other).reason.empty()) legal.push_back(std::to_string(other));
    }
    if (plan_[source].size() > 1 && try_move(op, std::nullopt).reason.empty()) legal.emplace_back(kNew);
    refuse(reason + "; legal: " + name(op) + " to: " + listed(legal));
  }

  const Graph& graph_;
  const Plan& plan_;
  const PlanEdit& edit_;
  std::vector<size_t> owner_;  ///< group of each op
};

}  // namespace

std::optional<PlanEdit> parse_edit(const std::string& text) {
  PlanEdit edit;
  edit.text = text;
  const size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string verb = text.substr(0, colon);
  const std::string what = text.substr(colon + 1);
  bool good = false;
  if (verb == "split") {
    const size_t at = what.find('@');
    good = at != std::string::npos && parse_around(what.substr(0, at), what.substr(at + 1), edit);
  } else if (verb == "merge") {
    edit.kind = PlanEdit::Kind::merge;
    good = parse_groups(what, edit);
  } else if (verb == "move") {
    edit.kind = PlanEdit::Kind::move;
    const size_t at = what.rfind('>');
    good = at != std::string::npos && parse_around(what.substr(at + 1), what.substr(0, at), edit);
  }
  return good ? std::optional<PlanEdit>(std::move(edit)) : std::nullopt;
}

EditedPlan edited(const Graph& graph, const Plan& plan, const PlanEdit& edit, std::optional<OpId> op) {
  return Editor(graph, plan, edit).run(op);
}

std::vector<size_t> edit_schedule(Schedule& schedule, const std::vector<size_t>& open, const PlanEdit& edit,
                                  std::optional<OpId> op) {
  Plan plan;
  for (const GroupSchedule& group : schedule.groups) plan.push_back(group.ops);
  const EditedPlan after = edited(*schedule.graph, plan, edit, op);
  std::vector<GroupSchedule> groups(after.plan.size());
  std::vector<size_t> open_after;
  for (size_t i = 0; i < groups.size(); ++i) {
    const std::optional<size_t> kept = after.kept[i];
    if (kept) {
      groups[i] = schedule.groups[*kept];
    } else {
      groups[i].ops = after.plan[i];
    }
    if (!kept || std::binary_search(open.begin(), open.end(), *kept)) open_after.push_back(i);
  }
  schedule.groups = std::move(groups);
  return open_after;
}

}  // namespace fusesim
