#include "sasl/base64.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace restante::sasl {
namespace {

std::string encode(std::string_view bytes) {
  std::string out;
  append_base64(bytes, out);
  return out;
}

// RFC 4648 s.10.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kVectors = {{
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
}};

TEST(Base64, HandlesTheVectorsOfItsRfc) {
  for (const auto& [bytes, coded] : kVectors) {
    EXPECT_EQ(encode(bytes), coded);
    const auto decoded = decode_base64(coded);
    ASSERT_TRUE(decoded) << coded;
    EXPECT_EQ(*decoded, bytes);
  }
}

TEST(Base64, BringsEveryByteBackAtEveryPlace) {
  for (int value = 0; value < 256; ++value)
    for (std::size_t place = 0; place < 4; ++place) {
      std::string bytes(4, 'x');
      bytes[place] = static_cast<char>(value);
      for (std::size_t size = place + 1; size <= 4; ++size) {
        const auto decoded = decode_base64(encode(bytes.substr(0, size)));
        ASSERT_TRUE(decoded);
        ASSERT_EQ(*decoded, bytes.substr(0, size));
      }
    }
}

TEST(Base64, RefusesWhatHasASecondMeaning) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view text :
       {"Z"sv,        "Zg"sv,   "Zg="sv,   "Zg==="sv,   "="sv,      "=="sv,      "===="sv,
        "Zg==Zg=="sv, "Z=g="sv, "Zh=="sv,  "Zm9="sv,    "Zm9v\n"sv, " Zm9v"sv,   "Zm 9v"sv,
        "Zm9-"sv,     "Zm9_"sv, "Zm9\0"sv, "Zm9\xe4"sv, "*"sv,      "Zm8=\r\n"sv}) {
    const auto decoded = decode_base64(text);
    ASSERT_FALSE(decoded) << text;
    EXPECT_EQ(decoded.error().code, Errc::kSyntax);
  }
}

}  // namespace
}  // namespace restante::sasl
