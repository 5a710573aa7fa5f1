#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "program.h"

namespace fusesim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// A stored schedule of several groups, edited.
class EditSchedule : public RunSimTest, public testing::WithParamInterface<const char*> {
 protected:
  EditSchedule() {
    const Finished made = run_sim({"--model", kModel, "--fusion", GetParam(), "--search", "exact",
                                   "--no-alternatives", "--out", "stored"});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    stored_ = json::parse(read("stored/schedule.json"));
  }

  /// The stored schedule with these edits, as the machine has confirmed it.
  json edited(const std::vector<std::string>& edits) const {
    std::vector<std::string> arguments = {"--model",           kModel,  "--schedule", "stored/schedule.json",
                                          "--no-alternatives", "--out", "edited",     "--overwrite"};
    for (const std::string& edit : edits) arguments.insert(arguments.end(), {"--edit", edit});
    const Finished finished = run_sim(arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return json::parse(read("edited/schedule.json"));
  }

  /// A schedule with these groups, of which each is whole or its ops.
  json by_hand(const json& groups) const {
    json document = stored_;
    document.erase("content_sha256");
    document.erase("prediction");
    document["groups"] = groups;
    write("hand.json", document.dump());
    const Finished finished = run_sim(
        {"--model", kModel, "--schedule", "hand.json", "--no-alternatives", "--out", "hand", "--overwrite"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return json::parse(read("hand/schedule.json"));
  }

  /// The first group of three ops or more.
  size_t large_group() const {
    for (size_t i = 0; i < stored_["groups"].size(); ++i) {
      if (stored_["groups"][i]["ops"].size() >= 3) return i;
    }
    ADD_FAILURE() << "no large group";
    return 0;
  }

  static constexpr const char* kModel = "resnet18";
  json stored_;
};

TEST_P(EditSchedule, SplitsAsOneWouldByHand) {
  const size_t at = large_group();
  const json ops = stored_["groups"][at]["ops"];
  json first = ops, last = json::array({ops.back()});
  first.erase(first.size() - 1);
  json groups = stored_["groups"];
  groups[at] = {{"ops", first}};
  groups.insert(groups.begin() + static_cast<long>(at) + 1, json{{"ops", last}});
  const json after =
      edited({"split:" + std::to_string(at) + "@" + std::to_string(ops.back()["index"].get<int>())});
  EXPECT_EQ(after, by_hand(groups));
  EXPECT_EQ(after["groups"].size(), stored_["groups"].size() + 1);
  // Written in full it is the same again.
  EXPECT_EQ(after, by_hand(after["groups"]));
  // An op by its name.
  EXPECT_EQ(after, edited({"split:" + std::to_string(at) + "@" + ops.back()["name"].get<std::string>()}));
}

TEST_P(EditSchedule, MergesWhatWasSplit) {
  const size_t at = large_group();
  const std::string last = std::to_string(stored_["groups"][at]["ops"].back()["index"].get<int>());
  const std::string here = std::to_string(at), next = std::to_string(at + 1);
  EXPECT_EQ(edited({"split:" + here + "@" + last, "merge:" + here + "+" + next}), stored_);
  EXPECT_EQ(edited({"move:" + last + ">new", "move:" + last + ">" + here}), stored_);
}

TEST_P(EditSchedule, RefusesWhatIsIllegalOrDoesNotFit) {
  const std::vector<std::string> arguments = {"--model", kModel, "--schedule", "stored/schedule.json"};
  const auto refused = [&](const std::string& edit, const std::vector<std::string>& parts) {
    std::vector<std::string> more = arguments;
    more.insert(more.end(), {"--edit", edit});
    expect_refused(more, parts);
  };
  refused("cut:1", {"--edit: expected split:GROUP@OP, merge:GROUP+GROUP", "got 'cut:1'"});
  refused("merge:0+999", {"--edit: merge:0+999: expected groups below", "got 999"});
  refused("split:0@nosuch", {"--edit: split:0@nosuch: expected an op's name", "'nosuch'"});
  const std::string last = std::to_string(stored_["groups"].size() - 1);
  refused("merge:0+" + last,
          {"--edit: merge:0+", "expected a connected group", "; legal: group 0 with one of: "});
  std::string all = "merge:0";
  for (size_t i = 1; i < stored_["groups"].size(); ++i) all += "+" + std::to_string(i);
  refused(all, {"stored/schedule.json, edited: groups[0]: group of 31 ops from '"});
}

INSTANTIATE_TEST_SUITE_P(Schemes, EditSchedule, testing::Values("lbdf", "brr"));

}  // namespace
}  // namespace fusesim
