#include "fusesim/tools/group_selection.h"

#include <gmock/gmock.h>

#include "fusesim/base/error.h"
#include "fusesim/testing/graph_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// 0 "a" reads the input; 1 "b/1..2" and 2 "c" read a; 3 "d" adds them; 4 "5" reads d, 5 "e" is opaque.
Graph diamond() {
  testing::GraphBuilder b("diamond");
  const TensorId a = b.conv(b.input({4, 8, 8}), 4, 3);
  const TensorId left = b.conv(a, 4, 3);
  const TensorId right = b.conv(a, 4, 1);
  const TensorId d = b.conv(b.add(left, right), 4, 1);
  b.opaque({d}, {{4, 8, 8}});
  Graph graph = b.finish();
  const std::vector<std::string> names = {"a", "b/1..2", "c", "d", "5", "e"};
  for (size_t i = 0; i < names.size(); ++i) {
    graph.ops[i].name = names[i];
    graph.ops[i].nodes = {names[i]};
  }
  graph.ops[3].nodes.emplace_back("relu");
  return graph;
}

std::string fault(const std::string& text) {
  try {
    select_group(diamond(), text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(SelectGroup, TakesNamesFoldedNodesAndIndices) {
  EXPECT_THAT(select_group(diamond(), "a"), ElementsAre(0));
  EXPECT_THAT(select_group(diamond(), "relu"), ElementsAre(3));
  EXPECT_THAT(select_group(diamond(), "2,d"), ElementsAre(2, 3));
  EXPECT_THAT(select_group(diamond(), "d,2,2"), ElementsAre(2, 3));
}

TEST(SelectGroup, RangeIsEveryOpOnAPath) {
  EXPECT_THAT(select_group(diamond(), "a..d"), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(select_group(diamond(), "b/1..2..relu"), ElementsAre(1, 3));
  EXPECT_THAT(select_group(diamond(), "1..3,2"), ElementsAre(1, 2, 3));
  EXPECT_THAT(select_group(diamond(), "0..0"), ElementsAre(0));
}

TEST(SelectGroup, NameComesBeforeAnIndexThatReadsAlike) {
  EXPECT_THAT(select_group(diamond(), "5"), ElementsAre(4));
}

TEST(SelectGroup, SaysWhatItDoesNotKnow) {
  EXPECT_EQ(fault("zz"),
            "--group: expected an op's name or an index below 6, got 'zz'; --list-ops lists them");
  EXPECT_THAT(fault("a..zz"), HasSubstr("got 'zz'"));
  EXPECT_THAT(fault("zz..a"), HasSubstr("got 'zz'"));
  for (const char* text : {"6", "-1", "99999999999999999999", "", "a,", ",a", "a,,c"})
    EXPECT_THAT(fault(text), HasSubstr("--group: expected an op's name")) << text;
}

TEST(SelectGroup, SaysWhyAGroupIsNone) {
  EXPECT_EQ(fault("d..a"), "--group: expected a path from op 'd' to op 'a', got none");
  EXPECT_EQ(fault("b/1..2..c"), "--group: expected a path from op 'b/1..2' to op 'c', got none");
  EXPECT_THAT(fault("1,2"), HasSubstr("nothing inside joins op 'c' to op 'b/1..2'"));
  EXPECT_THAT(fault("0,1,3"), HasSubstr("comes back through op 'c'"));
  EXPECT_THAT(fault("d..e"), HasSubstr("opaque op 'e'"));
}

TEST(SelectGroup, RefusesANameOfTwoOps) {
  Graph graph = diamond();
  graph.ops[2].name = "a";
  try {
    select_group(graph, "a");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "--group: expected a name of one op, got 'a' of ops 0 and 2; give an index");
  }
}

}  // namespace
}  // namespace fusesim
