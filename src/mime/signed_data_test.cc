#include "mime/signed_data.h"

#include <gtest/gtest.h>

namespace restante::mime {
namespace {

std::string element(unsigned char tag, const std::string& content) {
  std::string text(1, static_cast<char>(tag));
  if (content.size() < 128) {
    text += static_cast<char>(content.size());
  } else {
    text += '\x82';
    text += static_cast<char>(content.size() >> 8U);
    text += static_cast<char>(content.size() & 0xFFU);
  }
  return text + content;
}

/// Without a length: it ends with two NULs.
std::string endless(unsigned char tag, const std::string& content) {
  return std::string(1, static_cast<char>(tag)) + "\x80" + content + std::string(2, '\0');
}

std::string id(char last) {
  return element(6, std::string("\x2a\x86\x48\x86\xf7\x0d\x01\x07") + last);
}

std::string wrapped(const std::string& octets, char outer = '\2', char inner = '\1') {
  const std::string content = element(0x30, id(inner) + element(0xA0, octets));
  return element(0x30, id(outer) + element(0xA0, element(0x30, element(2, "\1") +
                                                                   element(0x31, "") + content)));
}

TEST(SignedData, ItsContent) {
  EXPECT_EQ(signed_content(wrapped(element(4, "signed words"))), "signed words");
  const std::string longer(1000, 'x');
  EXPECT_EQ(signed_content(wrapped(element(4, longer))), longer);
  EXPECT_EQ(signed_content(wrapped(element(0x24, element(4, "one ") + element(4, "two")) + "junk")),
            "one two");
}

TEST(SignedData, WithoutLengthsAsStreamsHaveIt) {
  const std::string pieces =
      endless(0x24, element(4, "one ") + endless(0x24, element(4, "two ")) + element(4, "three"));
  const std::string content = endless(0x30, id('\1') + endless(0xA0, pieces));
  const std::string algorithms = endless(0x31, endless(0x30, id('\5') + element(5, "")));
  const std::string all = endless(
      0x30,
      id('\2') + endless(0xA0, endless(0x30, element(2, "\1") + algorithms + content + "more")));
  EXPECT_EQ(signed_content(all), "one two three");
}

TEST(SignedData, WhatIsNone) {
  EXPECT_EQ(signed_content(""), "");
  EXPECT_EQ(signed_content("Content-Type: text/plain\n\nwords\n"), "");
  EXPECT_EQ(signed_content(wrapped(element(4, "words"), '\3')), "");
  EXPECT_EQ(signed_content(wrapped(element(4, "words"), '\2', '\3')), "");
  EXPECT_EQ(signed_content(wrapped("")), "");
  EXPECT_EQ(signed_content(std::string(100'000, '\x30')), "");
}

TEST(SignedData, OfOneThatIsCutWhatIsThere) {
  const std::string whole = wrapped(element(0x24, element(4, "one ") + element(4, "two")));
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    const std::string content = signed_content(std::string_view(whole).substr(0, cut));
    EXPECT_TRUE(std::string_view("one two").starts_with(content)) << cut;
  }
  EXPECT_EQ(signed_content(std::string_view(whole).substr(0, whole.size() - 1)), "one tw");
}

}  // namespace
}  // namespace restante::mime
