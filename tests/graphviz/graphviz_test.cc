#include "fusesim/graphviz/graphviz.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

using testing::HasSubstr;

TEST(Graphviz, DrawsAGraph) {
  const std::string svg = run_graphviz("digraph g { a -> b; }", "svg");
  EXPECT_THAT(svg, HasSubstr("<svg"));
  EXPECT_THAT(svg, HasSubstr("</svg>"));
}

TEST(Graphviz, SaysWhatItDidNotTake) {
  try {
    run_graphviz("digraph g { a -> ", "svg");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("dot: exit code 1: "));
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

TEST(Graphviz, NamesThePackageThatIsMissing) {
  ::setenv("PATH", "/nonexistent", 1);
  try {
    run_graphviz("digraph g { a; }", "svg");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("Debian package graphviz"));
  }
}

}  // namespace
}  // namespace fusesim
