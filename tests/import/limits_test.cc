#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "child.h"
#include "fusesim/base/error.h"
#include "onnx_builder.h"
#include "transfer.h"

namespace fusesim {
namespace {

using importer::ChildEnd;
using importer::Place;
using importer::run_in_child;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

#ifdef FUSESIM_SANITIZED
constexpr bool kSanitized = true;  // the address space of such a program says nothing about what it allocates
#else
constexpr bool kSanitized = false;
#endif

onnx::NodeProto node_of(const std::string& name, const std::string& type) {
  onnx::NodeProto node;
  node.set_name(name);
  node.set_op_type(type);
  return node;
}

TEST(Child, HandsBackWhatTheWorkReturns) {
  const std::string bytes(3'000'000, '\xfe');
  for (const std::string& some : {bytes, std::string("a\0b", 3), std::string()}) {
    const ChildEnd end = run_in_child({}, [&](Place&) { return some; });
    EXPECT_EQ(end.how, ChildEnd::How::done);
    EXPECT_TRUE(end.bytes == some);
  }
}

TEST(Child, LeavesThisProcessAsItWas) {
  int value = 1;
  const ChildEnd end = run_in_child({}, [&](Place&) {
    value = 2;
    return std::to_string(value);
  });
  EXPECT_EQ(end.bytes, "2");
  EXPECT_EQ(value, 1);
}

TEST(Child, SaysWhereItDied) {
  const ChildEnd end = run_in_child({}, [](Place& place) -> std::string {
    place.at(node_of("n", "Conv"), [] {});
    place.at(node_of("pool", "MaxPool"), [] { std::abort(); });
    return "";
  });
  EXPECT_EQ(end.how, ChildEnd::How::died);
  EXPECT_EQ(explain(end, {}), "pool (MaxPool): the import died of signal 6 (Aborted)");
}

TEST(Child, DiesOfExceptionsThatItsWorkLetsThrough) {
  const ChildEnd end = run_in_child({}, [](Place&) -> std::string { throw 7; });
  EXPECT_EQ(end.how, ChildEnd::How::died);
  EXPECT_EQ(explain(end, {}), "the import died of exit code 1");
}

TEST(Child, EndsWhereItTakesMoreMemory) {
  if (kSanitized) GTEST_SKIP();
  ImportLimits limits;
  limits.memory_bytes = int64_t{64} << 20;
  const ChildEnd end = run_in_child(limits, [](Place& place) {
    place.enter("hoard");
    std::vector<std::string> hoard;
    for (;;) hoard.emplace_back(1'000'000, 'x');
    return std::string();
  });
  EXPECT_EQ(end.how, ChildEnd::How::out_of_memory);
  EXPECT_EQ(explain(end, limits),
            "hoard: the import needs more than 64 MiB of address space: raise --import-limit");
}

TEST(Child, EndsWhereItTakesMoreTime) {
  ImportLimits limits;
  limits.cpu_seconds = 1;
  const ChildEnd end = run_in_child(limits, [](Place& place) {
    place.enter("loop");
    for (volatile int i = 0;; i = 1 - i) {
    }
    return std::string();
  });
  EXPECT_EQ(end.how, ChildEnd::How::out_of_time);
  EXPECT_EQ(explain(end, limits), "loop: the import takes more than 1 s of CPU time: raise --import-limit");
}

TEST(Child, IsHeardWhereItsEndIsIgnored) {
  std::signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(run_in_child({}, [](Place&) { return std::string("done"); }).bytes, "done");
  EXPECT_EQ(run_in_child({}, [](Place&) -> std::string { std::abort(); }).how, ChildEnd::How::died);
  std::signal(SIGCHLD, SIG_DFL);
}

TEST(Place, CutsNamesThatAreTooLong) {
  Place place;
  place.enter(node_of(std::string(1000, 'n'), std::string(1000, 't')));
  EXPECT_THAT(place.text(), MatchesRegex("n+ \\(t+\\)"));
  EXPECT_LT(place.text().size(), 256U);
}

ImportOptions bounded() {
  ImportOptions options;
  options.limits.emplace();
  return options;
}

OnnxBuilder every_kind() {
  OnnxBuilder m;
  m.input("x", {1, 4, 8, 8});
  m.conv("x", "c", 4, 8, 3, true).integers("pads", {1, 1, 1, 1});
  m.node("Clip", {"c"}, {"r"});
  m.node("MaxPool", {"r"}, {"p"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
  m.numbers("scales", {1, 1, 2, 2}, {4}).node("Resize", {"p", "", "scales"}, {"u"}).text("mode", "linear");
  m.node("Concat", {"u", "r"}, {"both"}).integer("axis", 1);
  m.node("Split", {"both"}, {"left", "right"}).integer("axis", 1);
  m.node("Mul", {"left", "right"}, {"y"});
  m.node("Relu", {"left"}, {"unread"});
  m.output("y");
  return m;
}

TEST(Limits, ChangeNoResult) {
  const ImportedModel plain = import_model(every_kind());
  const ImportedModel limited = import_model(every_kind(), bounded());
  EXPECT_EQ(full_text(*limited.graph), full_text(*plain.graph));
  EXPECT_EQ(limited.name, plain.name);
  EXPECT_EQ(limited.sha256, plain.sha256);
  EXPECT_EQ(limited.notes, plain.notes);
  ASSERT_EQ(limited.graph->tensors.size(), plain.graph->tensors.size());
  for (size_t i = 0; i < plain.graph->tensors.size(); ++i) {
    EXPECT_EQ(limited.graph->tensors[i].producer, plain.graph->tensors[i].producer);
    EXPECT_EQ(limited.graph->tensors[i].consumers, plain.graph->tensors[i].consumers);
  }
}

TEST(Limits, ChangeNoMessage) {
  OnnxBuilder m = every_kind();
  m.node("Add", {"c", "p"}, {"bad"});
  m.output("bad");
  EXPECT_EQ(refusal(m, bounded()), refusal(m));
  EXPECT_EQ(refusal("", bounded()), "file is empty");
}

TEST(Limits, ThatAreExceededAreNamed) {
  if (kSanitized) GTEST_SKIP();
  OnnxBuilder m;
  m.input("t0", {1, 4, 8, 8});
  for (int i = 0; i < 20000; ++i) m.node("Relu", {"t" + std::to_string(i)}, {"t" + std::to_string(i + 1)});
  m.output("t20000");
  ImportOptions options = bounded();
  options.limits->memory_bytes = int64_t{4} << 20;
  EXPECT_THAT(refusal(m, options),
              HasSubstr("the import needs more than 4 MiB of address space: raise --import-limit"));
  options.limits->memory_bytes = int64_t{1} << 30;
  options.fold_epilogues = false;
  EXPECT_EQ(import_model(m, options).graph->ops.size(), 20000U);
}

TEST(Transfer, RefusesBytesThatAreNoModel) {
  const std::string whole = importer::to_bytes(import_model(every_kind()));
  EXPECT_EQ(full_text(*importer::from_bytes(whole).graph), full_text(import_graph(every_kind())));
  for (size_t size = 0; size < whole.size(); size += 7) {
    EXPECT_THROW(importer::from_bytes(whole.substr(0, size)), Error);
  }
  EXPECT_THROW(importer::from_bytes(whole + "x"), Error);
}

}  // namespace
}  // namespace fusesim
