#include "fusesim/base/json_text.h"

#include <gtest/gtest.h>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

std::string refusal(const std::string& text) {
  try {
    parse_stored_json(text, "F");
  } catch (const Error& error) {
    return error.what();
  }
  return "read";
}

TEST(StoredJson, IsReadWhateverItsTextsHold) {
  EXPECT_EQ(parse_stored_json(R"({"b": "[[[\"{", "a": [1]})", "F").dump(), R"({"b":"[[[\"{","a":[1]})");
  EXPECT_EQ(parse_stored_json(std::string(64, '[') + std::string(64, ']'), "F").size(), 1U);
}

/// Copying and writing values of a million levels would take all of a stack.
TEST(StoredJson, NestsNoDeeperThanOurFilesDo) {
  EXPECT_EQ(refusal(std::string(1000000, '[')), "F: expected JSON of at most 64 levels of nesting, got more");
  EXPECT_EQ(refusal(std::string(65, '[') + std::string(65, ']')),
            "F: expected JSON of at most 64 levels of nesting, got more");
}

TEST(StoredJson, IsJson) {
  EXPECT_EQ(refusal("{"), "F: expected JSON");
  EXPECT_EQ(refusal("]"), "F: expected JSON");
  EXPECT_EQ(refusal(""), "F: expected JSON");
  EXPECT_EQ(refusal("\"\xff\""), "F: expected JSON");
}

TEST(DumpedJson, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(dump_json({{"a", "x\xff"}}), "{\"a\":\"x\xEF\xBF\xBD\"}");
  EXPECT_EQ(dump_json({{"a", 1}}, 1), "{\n \"a\": 1\n}");
}

}  // namespace
}  // namespace fusesim
