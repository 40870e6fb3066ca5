#include "archive/reader/wire.h"

#include <gtest/gtest.h>

#include "base/ascii.h"

namespace restante::archive {
namespace {

Reading some_reading() {
  Reading reading;
  reading.is_whole = true;
  reading.headers.subject = "Grüße";
  reading.headers.references = {"a@example.com", "b@example.com"};
  reading.headers.date = -86'400;
  reading.fields = {{"Subject", "Grüße"}, {"X-Empty", ""}};
  MimePart part;
  part.number = 1;
  part.type = "text/plain";
  part.is_flowed = true;
  part.branch = 7;
  reading.parts = {part, part};
  reading.sizes = {0, 123};
  reading.text = "hello\n";
  reading.html = {"<p>hello</p>", 3};
  return reading;
}

TEST(ReaderWire, WhatIsPackedComesBack) {
  const auto back = unpack_reading(packed(some_reading()));
  ASSERT_TRUE(back);
  EXPECT_TRUE(back->is_whole);
  EXPECT_EQ(back->headers.subject, "Grüße");
  EXPECT_EQ(back->headers.references.at(1), "b@example.com");
  EXPECT_EQ(back->headers.date, -86'400);
  EXPECT_EQ(back->fields.at(1).first, "X-Empty");
  EXPECT_EQ(back->parts.at(1).branch, 7U);
  EXPECT_TRUE(back->parts.at(0).is_flowed);
  EXPECT_EQ(back->sizes.at(1), 123U);
  EXPECT_EQ(back->html.remote_images, 3U);

  Request request;
  request.ask = Ask::kField;
  request.raw = "M\xFCller";  // As it stands in the mail.
  request.document_time = std::chrono::milliseconds(500);
  const auto asked = unpack_request(packed(request));
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->raw, "M\xFCller");
  EXPECT_EQ(asked->document_time, std::chrono::milliseconds(500));

  IndexEntry entry;
  entry.attachments = "a.pdf";
  entry.lacks_pdf = true;
  const auto indexed = unpack_entry(packed(entry));
  ASSERT_TRUE(indexed);
  EXPECT_EQ(indexed->attachments, "a.pdf");
  EXPECT_TRUE(indexed->lacks_pdf);
  EXPECT_FALSE(indexed->is_missing);

  EXPECT_EQ(unpack_date(packed(std::optional<std::int64_t>(-5))),
            std::optional(std::optional<std::int64_t>(-5)));
  const auto none = unpack_date(packed(std::optional<std::int64_t>()));
  EXPECT_TRUE(none.has_value() && !none->has_value());
  EXPECT_FALSE(unpack_date("x"));
}

TEST(ReaderWire, ACutAnswerIsNone) {
  const std::string whole = packed(some_reading());
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes)
    EXPECT_FALSE(unpack_reading(whole.substr(0, bytes))) << bytes;
  EXPECT_FALSE(unpack_reading(whole + "x"));
}

TEST(ReaderWire, AnAnswerWithAFalseOctetHasOnlyGoodText) {
  const std::string whole = packed(some_reading());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char octet : {'\xFF', '\x80', '\0'}) {
      std::string false_one = whole;
      false_one[at] = octet;
      const auto reading = unpack_reading(false_one);
      if (!reading) continue;
      EXPECT_TRUE(is_utf8(reading->text) && is_utf8(reading->headers.subject));
      EXPECT_LE(reading->parts.size(), whole.size());
    }
  }
}

}  // namespace
}  // namespace restante::archive
