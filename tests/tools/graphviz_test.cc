#include "fusesim/tools/graphviz.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "fusesim/graph/error.h"

namespace fusesim {
namespace {

using testing::HasSubstr;

TEST(Graphviz, DrawsAGraph) {
  const std::string svg = to_svg("digraph g { a -> b; }");
  EXPECT_THAT(svg, HasSubstr("<svg"));
  EXPECT_THAT(svg, HasSubstr("</svg>"));
}

TEST(Graphviz, SaysWhatItDidNotTake) {
  try {
    to_svg("digraph g { a -> ");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("--format svg: dot: exit code 1: "));
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

TEST(Graphviz, NamesThePackageThatIsMissing) {
  ::setenv("PATH", "/nonexistent", 1);
  try {
    to_svg("digraph g { a; }");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("Debian package graphviz"));
  }
}

}  // namespace
}  // namespace fusesim
