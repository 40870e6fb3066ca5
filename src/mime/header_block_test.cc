#include "mime/header_block.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "mime/line_scan.h"

namespace restante::mime {
namespace {

struct Read {
  std::unique_ptr<std::string> text;
  HeaderBlock block;
  std::string body;
};

Read read(std::string text, Owner owner = Owner::kMessage) {
  Read it{std::make_unique<std::string>(std::move(text)), {}, {}};
  it.block = read_header_block(*it.text, 0, line_end_of(*it.text), owner,
                               [](std::string_view line) { return line == "--b"; });
  it.body = it.text->substr(it.block.body);
  return it;
}

TEST(HeaderBlock, FieldsAreFoundWithTheirFoldedValues) {
  const Read it = read("Subject: one\r\n two\r\nTo : a@x\r\nX-Empty:\r\n\r\nbody\r\n");
  ASSERT_EQ(it.block.fields.size(), 3U);
  EXPECT_EQ(it.block.raw("subject"), "one\r\n two");
  EXPECT_EQ(it.block.raw("To"), "a@x");
  EXPECT_EQ(it.block.raw("x-empty"), "");
  EXPECT_EQ(it.block.find("Cc"), nullptr);
  EXPECT_EQ(it.body, "body\r\n");
}

TEST(HeaderBlock, AValueMayBeginOnTheSecondLineOrTheThird) {
  const Read it = read("Subject:\r\n one\r\nTo: \r\n \r\n\ta@x\r\n b\r\nCc:\r\n\r\nbody\r\n");
  EXPECT_EQ(trim(it.block.raw("Subject")), "one");
  EXPECT_TRUE(it.block.raw("To").ends_with("\ta@x\r\n b"));
  EXPECT_EQ(it.block.raw("Cc"), "");
  EXPECT_EQ(it.body, "body\r\n");
}

TEST(HeaderBlock, WhatStandsBeforeTheFirstFieldIsPassedOver) {
  for (const char* const before :
       {"\r\n", "   \r\n", "\r\n\t\r\n", "\xEF\xBB\xBF", "From me Thu Jan  1 00:00:00 1970\r\n",
        ">From me\r\n", "From - x\r\n>From y\r\n", " ", "\xEF\xBB\xBF\r\n"}) {
    const Read it = read(std::string(before) + "From: a@x\r\nSubject: s\r\n\r\nbody");
    EXPECT_EQ(it.block.raw("From"), "a@x") << before;
    EXPECT_EQ(it.block.raw("Subject"), "s") << before;
    EXPECT_EQ(it.body, "body") << before;
  }
}

TEST(HeaderBlock, AFieldMayHaveABlankBehindItsName) {
  const std::string_view text = "From : ann@a.example\nSubject : hi\n\nbody\n";
  const HeaderBlock block =
      read_header_block(text, 0, '\n', Owner::kMessage, [](auto) { return false; });
  EXPECT_EQ(block.raw("From"), "ann@a.example");
  EXPECT_EQ(block.raw("Subject"), "hi");
}

TEST(HeaderBlock, AnyLineEndWillDo) {
  for (const char* const end : {"\n", "\r\n", "\r", "\r\r\n"}) {
    const std::string e(end);
    const Read it = read("From: a@x" + e + "Subject: s" + e + e + "body");
    EXPECT_EQ(it.block.raw("From"), "a@x");
    EXPECT_EQ(it.block.raw("Subject"), "s");
    EXPECT_EQ(it.body, "body");
  }
}

TEST(HeaderBlock, AStrayLineHidesNothing) {
  const Read it = read("From: a@x\nthis is no field\nSubject: s\n\nbody");
  EXPECT_EQ(it.block.raw("Subject"), "s");
  EXPECT_EQ(it.body, "body");
}

TEST(HeaderBlock, ATextWithoutABlankLineBeforeItStays) {
  EXPECT_EQ(read("Subject: s\nDear all,\nnote: this\n\nmore").body,
            "Dear all,\nnote: this\n\nmore");
  EXPECT_EQ(read("\nno header at all\n").body, "no header at all\n");
  EXPECT_EQ(read("\nnote: no header\n").body, "note: no header\n");
  EXPECT_EQ(read("just words").body, "just words");
}

TEST(HeaderBlock, AHeaderMayHaveNoBody) {
  EXPECT_EQ(read("Subject: s").block.raw("Subject"), "s");
  EXPECT_EQ(read("Subject: s\n").body, "");
  EXPECT_EQ(read("").body, "");
}

TEST(HeaderBlock, APartMayHaveNoHeader) {
  EXPECT_EQ(read("\nwords", Owner::kPart).body, "words");
  EXPECT_EQ(read("words\n", Owner::kPart).body, "words\n");
  EXPECT_EQ(read("Note: words\n", Owner::kPart).body, "Note: words\n");
  EXPECT_EQ(read("Note: words\n\nmore", Owner::kPart).body, "Note: words\n\nmore");
  EXPECT_EQ(read("Content-Type: text/html\n\nmore", Owner::kPart).body, "more");
  EXPECT_EQ(read("Content-Type: text/html\n--b\n", Owner::kPart).body, "--b\n");
}

TEST(HeaderBlock, WhatIsKeptIsBounded) {
  std::string many = "Subject: s\n";
  for (std::size_t i = 0; i < 2 * kFieldsMax; ++i) many += "X: y\n";
  const Read fields = read(many + "\nbody");
  EXPECT_EQ(fields.block.fields.size(), kFieldsMax);
  EXPECT_TRUE(fields.block.is_cut);
  EXPECT_EQ(fields.body, "body");

  std::string large = "Subject: s\nX: " + std::string(3 * kHeaderBytesMax, 'x') + "\nTo: late\n";
  const Read it = read(large + "\nbody");
  EXPECT_TRUE(it.block.is_cut);
  EXPECT_EQ(it.block.raw("Subject"), "s");
  EXPECT_EQ(it.block.find("To"), nullptr);
  EXPECT_EQ(it.body, "body");
}

TEST(HeaderBlock, AnUnknownFieldIsOneBesideAKnownOne) {
  for (const char* const before :
       {"\n\nKeywords: k\n", "\n\nThread-Index: k\n", " Foo: a\n", "\n\nFoo: a\nBar: b\n",
        "+OK 1234 octets\n", "To: a\n>From u@h Tue Nov 24 10:20:30 2026\nPath: x\n",
        "To: a\nstray line\nLines: 5\n"}) {
    const Read it = read(std::string(before) + "Subject: y\nFrom: a\n\nbody");
    EXPECT_EQ(it.block.raw("Subject"), "y") << before;
    EXPECT_EQ(it.block.raw("From"), "a") << before;
    EXPECT_EQ(it.body, "body") << before;
  }
  EXPECT_EQ(read("To: a\n>From u@h\nFoo: x\n\nbody").body, "body");
  EXPECT_EQ(read("\n\nNote: words\n\nFrom: a\n").body, "Note: words\n\nFrom: a\n")
      << "not behind a blank line";
  EXPECT_EQ(read("Hello all\nmore words\nFrom: a\n").body, "Hello all\nmore words\nFrom: a\n");
}

}  // namespace
}  // namespace restante::mime
