#include "archive/exchange/import/source_kind.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

TEST(SourceKind, ContentTells) {
  EXPECT_EQ(kind_of("From x Tue Mar  5 10:00:00 2024\n\n", "box"), SourceKind::kMbox);
  EXPECT_EQ(kind_of("\xEF\xBB\xBF\r\nFrom x Tue Mar  5 10:00:00 2024\n", "b"), SourceKind::kMbox);
  EXPECT_EQ(kind_of("From nobody\nSubject: x\n\n", "box"), SourceKind::kMbox);
  EXPECT_EQ(kind_of("From x Tue Mar  5 10:00:00 2024\nSubject: x\n", "x.eml"),
            SourceKind::kMessage);
  EXPECT_EQ(kind_of("Subject: x\n\nbody", "17"), SourceKind::kMessage);
  EXPECT_EQ(kind_of("\nSubject: x\n\nbody", "17"), SourceKind::kMessage);
  EXPECT_EQ(kind_of("\x1F\x8B\x08", "x"), SourceKind::kGzip);
  EXPECT_EQ(kind_of(std::string("PK\x03\x04", 4), "x"), SourceKind::kZip);
  EXPECT_EQ(kind_of("23        \nSubject: x\n\n", "7.emlx"), SourceKind::kEmlx);
  EXPECT_EQ(kind_of("23        \nSubject: x\n\n", "7.partial.emlx"), SourceKind::kEmlx);
}

TEST(SourceKind, AMessageInUtf16) {
  const std::string_view octets(
      "\xFF\xFE"
      "F\0r\0o\0m\0:\0",
      12);
  EXPECT_EQ(kind_of(octets, "a.eml"), SourceKind::kMessage);
  EXPECT_EQ(kind_of(octets, "a.txt"), SourceKind::kNoMail);
}

TEST(SourceKind, WhatIsNoMail) {
  EXPECT_EQ(kind_of("", "x"), SourceKind::kNoMail);
  EXPECT_EQ(kind_of("x", "x"), SourceKind::kNoMail);
  EXPECT_EQ(kind_of(std::string("\xFF\xD8\0\x10", 4), "x.eml"), SourceKind::kNoMail);
  EXPECT_EQ(kind_of("From the desk\n\nx", "notes.txt"), SourceKind::kNoMail);
  EXPECT_EQ(kind_of("// <!-- <mdb:mork:z v=\"1.4\"/> -->\n", "Inbox.msf"), SourceKind::kNoMail);
  EXPECT_EQ(kind_of("version=\"9\"\nlogging=\"no\"\n", "msgFilterRules.dat"), SourceKind::kNoMail);
}

TEST(SourceKind, AnExportIsMailInEveryForm) {
  EXPECT_EQ(kind_of("", "2026 x." + std::string(64, 'a') + ".eml"), SourceKind::kMessage);
}

}  // namespace
}  // namespace restante::archive
