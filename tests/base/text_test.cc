#include "fusesim/base/text.h"

#include <gtest/gtest.h>

namespace fusesim {
namespace {

/// By RFC 3629, sections 3 and 4.
TEST(Utf8, SequencesAreThoseOfTheStandard) {
  EXPECT_EQ(utf8_length("a", 0), 1U);
  EXPECT_EQ(utf8_length("", 0), 0U);
  EXPECT_EQ(utf8_length("\xC3\xA4", 0), 2U);
  EXPECT_EQ(utf8_length("\xC3\xA4", 1), 0U);
  EXPECT_EQ(utf8_length("\xE2\x82\xAC", 0), 3U);
  EXPECT_EQ(utf8_length("\xF0\x9F\x98\x80", 0), 4U);
  EXPECT_EQ(utf8_length("\xE2\x82", 0), 0U);
  EXPECT_EQ(utf8_length("\xC0\xAF", 0), 0U);          // longer than it has to be
  EXPECT_EQ(utf8_length("\xED\xA0\x80", 0), 0U);      // a surrogate
  EXPECT_EQ(utf8_length("\xF4\x90\x80\x80", 0), 0U);  // above U+10FFFF
}

TEST(PlainNames, HaveNoControlsNoStrayBytesAndNoCharacterThatXmlLacks) {
  EXPECT_EQ(plain_name("conv/1:0 \xC3\xA4"), "conv/1:0 \xC3\xA4");
  EXPECT_EQ(plain_name(std::string("a\0b\nc\x7f", 6)), "a?b?c?");
  EXPECT_EQ(plain_name("\xff\xfe"), "??");
  EXPECT_EQ(plain_name("\xE2\x82"), "??");
  EXPECT_EQ(plain_name("x\xEF\xBF\xBEy\xEF\xBF\xBF"), "x?y?");
  EXPECT_EQ(plain_name("\xEF\xBF\xBD"), "\xEF\xBF\xBD");
}

TEST(Controls, BecomeEscapes) {
  EXPECT_EQ(escape_controls(std::string("a\nb\0c\x7f", 6)), "a\\x0ab\\x00c\\x7f");
  EXPECT_EQ(escape_controls("\xC3\xA4 plain"), "\xC3\xA4 plain");
}

}  // namespace
}  // namespace fusesim
