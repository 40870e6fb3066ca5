// Who is let in is tested with a server: tests/e2e/test_page.py.
#include "server/session/page_entry.h"

#include <gtest/gtest.h>

#include "sasl/base64.h"

namespace restante::server {
namespace {

using Kind = PageKey::Kind;

std::string basic(std::string_view pair) {
  std::string field = "Basic ";
  sasl::append_base64(pair, field);
  return field;
}

TEST(PageKeys, WithoutAFieldThereIsNone) {
  EXPECT_EQ(read_page_key("", 0).kind, Kind::kNone);
  EXPECT_EQ(read_page_key("", 1).kind, Kind::kUnusable);
}

TEST(PageKeys, ReadsATokenAndAPassword) {
  for (const char* const field : {"Bearer abc", "bearer abc", "BEARER  abc "}) {
    const PageKey key = read_page_key(field, 1);
    EXPECT_EQ(key.kind, Kind::kToken) << field;
    EXPECT_EQ(key.secret.view(), "abc");
  }
  const PageKey key = read_page_key(basic("alice@example.test:a:b "), 1);
  EXPECT_EQ(key.kind, Kind::kPassword);
  EXPECT_EQ(key.name, "alice@example.test");
  EXPECT_EQ(key.secret.view(), "a:b ") << "a password may have colons and blanks";
}

TEST(PageKeys, WhatHasAnotherFormIsNoKey) {
  for (const std::string& field :
       {std::string("Bearer"), std::string("Bearer "), std::string("Basic"), std::string("Basic "),
        std::string("Basic !!!"), std::string("Basic YTpi YTpi"), basic("no colon"),
        basic(":no name"), basic("no password:"), basic("\xFF:x"), std::string("Digest a=b"),
        std::string("abc")})
    EXPECT_EQ(read_page_key(field, 1).kind, Kind::kUnusable) << field;
}

TEST(PageKeys, TwoFieldsAreNone) {
  EXPECT_EQ(read_page_key("Bearer abc", 2).kind, Kind::kUnusable);
}

}  // namespace
}  // namespace restante::server
