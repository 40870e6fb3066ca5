#include "fetch/state/imported_mail.h"

#include <gtest/gtest.h>

#include <fstream>

#include "archive/exchange/import/importer.h"
#include "archive/mailbox/test_support.h"

namespace restante::fetch {
namespace {

using archive::TempFolder;

constexpr std::string_view kHeader = "From: a@b\nMessage-ID: <1@x>\nDate: Mon, 1 Jan 2024\n";
constexpr std::string_view kBody = "one\ntwo\n";

class Imported : public testing::Test {
 protected:
  void import(const std::string& text) {
    const auto file = folder_.path() / "message.eml";
    std::ofstream(file, std::ios::binary) << text;
    auto importer = archive::Importer::open(folder_.path() / "mail", "home");
    ASSERT_TRUE(importer && (*importer)->add(file) && (*importer)->finish());
  }
  ImportedMail load() {
    if (!database_) {
      auto opened = archive::Database::open(folder_.path() / "mail", archive::Access::kCreate);
      database_ = std::make_unique<archive::Database>(std::move(*opened));
    }
    auto mail = ImportedMail::load(*database_, "home");
    EXPECT_TRUE(mail);
    return std::move(*mail);
  }
  /// What the server says of the message: all lines end in CRLF.
  static std::uint64_t listed(std::string_view header = kHeader, std::string_view body = kBody) {
    const auto lines = [](std::string_view text) {
      return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    };
    return header.size() + lines(header) + 2 + body.size() + lines(body);
  }

  TempFolder folder_;
  std::unique_ptr<archive::Database> database_;
};

TEST_F(Imported, IsRecognisedThoughHeaderLinesWereAdded) {
  import("Return-Path: <a@b>\nReceived: from a\n\tby b\n" + std::string(kHeader) + "\n" +
         std::string(kBody));
  ImportedMail mail = load();
  EXPECT_FALSE(mail.take(listed(), "From: a@b\nMessage-ID: <2@x>\nDate: Mon, 1 Jan 2024\n"));
  EXPECT_FALSE(mail.take(listed(), "From: a@b\nMessage-ID: <1@x>\nDate: Tue, 2 Jan 2024\n"));
  EXPECT_FALSE(mail.take(listed() + 5000, kHeader)) << "another size";
  EXPECT_TRUE(mail.take(listed(), kHeader));
  EXPECT_FALSE(mail.take(listed(), kHeader)) << "there was one";
}

TEST_F(Imported, WithoutAMessageIdNothingIsRecognised) {
  import("From: a@b\nDate: Mon, 1 Jan 2024\n\none\n");
  EXPECT_TRUE(load().empty());
}

TEST_F(Imported, WhatIsTakenIsDroppedAndTheRestWhenNothingElseFits) {
  import(std::string(kHeader) + "\n" + std::string(kBody));
  import("Message-ID: <2@x>\nDate: Mon, 1 Jan 2024\n\nx\n");
  {
    ImportedMail mail = load();
    ASSERT_TRUE(mail.settle(true)) << "nothing was looked at";
    EXPECT_TRUE(mail.take(listed(), kHeader));
    ASSERT_TRUE(mail.settle(false));
    ASSERT_TRUE(mail.settle(true));
  }
  {
    ImportedMail mail = load();
    EXPECT_FALSE(mail.empty()) << "the other one may come";
    EXPECT_FALSE(mail.take(listed(), kHeader));
    ASSERT_TRUE(mail.settle(true));
  }
  EXPECT_TRUE(load().empty());
}

}  // namespace
}  // namespace restante::fetch
