#include "archive/message/header_words.h"

#include <algorithm>

#include "archive/mailbox/test_support.h"
#include "text/words.h"

namespace restante::archive {
namespace {

TEST(HeaderWords, WhatPeopleReadIsIndexed) {
  for (const std::string_view name :
       {"list-id", "reply-to", "keywords", "x-mailer", "organization"})
    EXPECT_TRUE(is_indexed_field(name)) << name;
  for (const std::string_view name :
       {"", "subject", "received", "dkim-signature", "x-google-dkim-signature", "content-type"})
    EXPECT_FALSE(is_indexed_field(name)) << name;
}

TEST(HeaderWords, ALineForEachField) {
  const TempFolder folder;
  const Path file = folder.path() / "mail";
  write_file(file, "Keywords: red\n green\nReceived: x\nX-A: =?utf-8?Q?caf=C3=A9?=\n\ntext\n");
  const auto message = MimeMessage::open(file, 10'000);
  ASSERT_TRUE(message);
  EXPECT_EQ(text::folded_words(header_lines(*message)), ":keywords:red :keywords:green :x-a:cafe");
  EXPECT_EQ(file_name_lines(*message), "");
}

TEST(HeaderWords, AreBounded) {
  const TempFolder folder;
  const Path file = folder.path() / "mail";
  std::string mail;
  for (int i = 0; i < 1000; ++i) mail += "X-A: " + std::string(900, 'y') + "\n";
  write_file(file, mail + "\ntext\n");
  const auto message = MimeMessage::open(file, 10'000'000);
  ASSERT_TRUE(message);
  EXPECT_LT(header_lines(*message).size(), 20'000U);
}

}  // namespace
}  // namespace restante::archive
