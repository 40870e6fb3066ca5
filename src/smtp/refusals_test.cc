#include "smtp/refusals.h"

#include <gtest/gtest.h>

#include <set>

namespace restante::smtp {
namespace {

std::string command_of(RefusalNotes& notes, std::string_view line) {
  notes.begin();
  notes.note(Reply::kUnknownCommand, line, "s@client.example");
  return notes.list().back().command;
}

TEST(Refusals, EachKindHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kRefusalKinds; ++i)
    names.insert(to_text(static_cast<RefusalKind>(i)));
  EXPECT_EQ(names.size(), kRefusalKinds);
}

TEST(Refusals, RepliesAreSorted) {
  EXPECT_EQ(kind_of(Reply::kBadSender), RefusalKind::kAddress);
  EXPECT_EQ(kind_of(Reply::kUnknownParameter), RefusalKind::kParameter);
  EXPECT_EQ(kind_of(Reply::kTooLarge), RefusalKind::kSize);
  EXPECT_EQ(kind_of(Reply::kBareNewline), RefusalKind::kNewline);
  EXPECT_EQ(kind_of(Reply::kLoop), RefusalKind::kLoop);
  EXPECT_EQ(kind_of(Reply::kHelloFirst), RefusalKind::kSequence);
  EXPECT_EQ(kind_of(Reply::kLineTooLong), RefusalKind::kSyntax);
  EXPECT_EQ(kind_of(Reply::kTooManyBadCommands), RefusalKind::kMistakes);
  EXPECT_FALSE(is_refusal(Reply::kSenderOk));
  EXPECT_FALSE(is_refusal(Reply::kStartInput));
  EXPECT_TRUE(is_refusal(Reply::kDiskFull));
}

TEST(Refusals, WhatFollowsFromOneIsNotToldAgain) {
  RefusalNotes notes;
  notes.note(Reply::kBadSender, "MAIL FROM:<", "");
  notes.note(Reply::kMailFirst, "RCPT TO:<a@b>", "");
  notes.note(Reply::kMailFirst, "DATA", "");
  ASSERT_EQ(notes.list().size(), 1U);
  EXPECT_EQ(notes.list()[0].command, "MAIL FROM:<");
  notes.begin();
  notes.recipient_refused();
  notes.note(Reply::kNoValidRecipients, "DATA", "");
  EXPECT_EQ(notes.list().size(), 1U);
  notes.begin();
  notes.note(Reply::kMailFirst, "DATA", "");
  EXPECT_EQ(notes.list().size(), 2U);
}

TEST(Refusals, NoPasswordGetsIntoTheLog) {
  RefusalNotes notes;
  EXPECT_EQ(command_of(notes, "FROB a b"), "FROB");
  EXPECT_EQ(command_of(notes, "PASS secret"), "PASS");
  EXPECT_EQ(command_of(notes, "AGFsaWNlAHNlY3JldA=="), "?");
  EXPECT_EQ(command_of(notes, "AUTH PLAIN AGFsaWNlAHNlY3JldA=="), "AUTH PLAIN");
  EXPECT_EQ(command_of(notes, "secret"), "?") << "a client goes on with AUTH LOGIN";
  EXPECT_EQ(command_of(notes, "VRFY alice"), "VRFY alice");
}

TEST(Refusals, AFloodKeepsNoText) {
  RefusalNotes notes;
  for (int i = 0; i < 1000; ++i) notes.note(Reply::kTooLarge, "MAIL FROM:<a@b> SIZE=99", "");
  EXPECT_EQ(notes.list().size(), 1000U);
  EXPECT_FALSE(notes.list().front().command.empty());
  EXPECT_TRUE(notes.list().back().command.empty());
}

}  // namespace
}  // namespace restante::smtp
