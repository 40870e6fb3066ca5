#include "archive/exchange/mbox.h"

#include <gtest/gtest.h>

#include <vector>

#include "archive/mailbox/sha256.h"

namespace restante::archive {
namespace {

struct Collected : MboxSink {
  Status begin(std::string_view from_line) override {
    from.emplace_back(from_line);
    messages.emplace_back();
    return ok();
  }
  Status write(std::string_view octets) override {
    messages.back().append(octets);
    return ok();
  }
  Status end() override {
    ++ended;
    return ok();
  }
  std::vector<std::string> from;
  std::vector<std::string> messages;
  std::size_t ended = 0;
};

std::string quoted(std::string_view message, std::size_t cut) {
  std::string out = mbox_from_line(sha256_of(message), 1795323600);
  MboxQuoter quoter;
  quoter.write(message.substr(0, cut), out);
  quoter.write(message.substr(cut), out);
  quoter.finish(out);
  return out;
}

TEST(Mbox, ThereAndBackAtEveryCut) {
  const std::vector<std::string> messages = {"Subject: x\n\nbody\n",
                                             "From a\n>From b\n>>From c\nFro\n>\n> From\nFrom",
                                             "\n\n",
                                             "a\n\n\n",
                                             ">",
                                             "x\r\nFrom y\r\n\r\n"};
  std::string file;
  for (const std::string& message : messages) {
    const std::string once = quoted(message, 0);
    for (std::size_t cut = 0; cut <= message.size(); ++cut) ASSERT_EQ(quoted(message, cut), once);
    file += once;
  }
  for (std::size_t cut = 0; cut <= file.size(); ++cut) {
    Collected sink;
    MboxReader reader(sink);
    ASSERT_TRUE(reader.write(file.substr(0, cut)));
    ASSERT_TRUE(reader.write(file.substr(cut)));
    ASSERT_TRUE(reader.finish());
    ASSERT_EQ(sink.messages.size(), messages.size());
    EXPECT_EQ(sink.ended, messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const std::string ending = messages[i].ends_with('\n') ? "" : "\n";
      EXPECT_EQ(sink.messages[i], messages[i] + ending);
      EXPECT_EQ(checksum_of_from_line(sink.from[i]), sha256_of(messages[i]));
    }
  }
}

TEST(Mbox, TheFromLine) {
  EXPECT_EQ(mbox_from_line("x", 1795323600), "From x@restante Sun Nov 22 05:00:00 2026\n");
  EXPECT_EQ(checksum_of_from_line("From alice@example.com Sun Nov 22 05:00:00 2026"), "");
  EXPECT_EQ(checksum_of_from_line("From x@restante Sun"), "");
}

TEST(Mbox, OtherProgramsFiles) {
  Collected sink;
  MboxReader reader(sink);
  ASSERT_TRUE(reader.write("From a@b Sun\nx\nFrom the middle\n\nFrom c@d Sun\r\n>From y\n"));
  ASSERT_TRUE(reader.finish());
  EXPECT_EQ(sink.messages, (std::vector<std::string>{"x\nFrom the middle\n", "From y\n"}));
  EXPECT_EQ(sink.from[1], "From c@d Sun");
  Collected none;
  MboxReader empty(none);
  EXPECT_TRUE(empty.write("\n\n"));
  EXPECT_TRUE(empty.finish());
  EXPECT_FALSE(empty.write("Subject: no mbox\n"));
}

std::vector<std::string> read_all(const std::string& file, std::size_t cut = 0) {
  Collected sink;
  // As an importer looks: at the end, or before another message's line.
  MboxReader reader(sink, [&](std::uint64_t offset) {
    if (offset > file.size()) return false;
    const std::size_t next = file.find_first_not_of('\n', offset);
    return next == std::string::npos || file.compare(next, 7, "From x ") == 0;
  });
  EXPECT_TRUE(reader.write(file.substr(0, cut)) && reader.write(file.substr(cut)));
  EXPECT_TRUE(reader.finish());
  return sink.messages;
}

constexpr const char* kLine = "From x Tue Mar  5 10:00:00 2024\n";

TEST(Mbox, NoEmptyLineIsNeeded) {
  const std::string file = std::string(kLine) + "Subject: 1\n\none\n" + kLine +
                           "Subject: 2\n\nFrom what I know\n\nFrom here\n\n";
  EXPECT_EQ(read_all(file),
            (std::vector<std::string>{"Subject: 1\n\none\n",
                                      "Subject: 2\n\nFrom what I know\n\nFrom here\n"}));
}

TEST(Mbox, AnEmptyBeginning) {
  const std::string file = std::string(kLine) + "Subject: 1\n\none\n";
  for (const char* const before : {"\n", "\r\n\n", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n"})
    EXPECT_EQ(read_all(before + file).size(), 1U);
}

TEST(Mbox, ALengthThatFitsIsBelieved) {
  const std::string body = ">From a\n" + std::string(kLine) + "Subject: within\n\nx\n";
  const std::string message =
      "Content-Length: " + std::to_string(body.size()) + "\nSubject: 1\n\n" + body;
  const std::string file = kLine + message + "\n" + kLine + "Subject: 2\n\n2\n";
  for (std::size_t cut = 0; cut <= file.size(); ++cut)
    ASSERT_EQ(read_all(file, cut), (std::vector<std::string>{message, "Subject: 2\n\n2\n"}));
  const std::string none = "Content-Length: 0\n\n";
  EXPECT_EQ(read_all(kLine + none + "\n" + kLine + "Subject: 2\n\n"),
            (std::vector<std::string>{none, "Subject: 2\n"}));
}

TEST(Mbox, ALengthThatDoesNotFitIsNotBelieved) {
  for (const char* const length : {"5", "0", "18446744073709551615", "18446744073709551000", "-1",
                                   "x", "", "99999999999999999999999"}) {
    const std::string file = std::string(kLine) + "Content-Length: " + length + "\n\n>From a\n\n" +
                             kLine + "Subject: 2\n\n2\n";
    const auto messages = read_all(file);
    ASSERT_EQ(messages.size(), 2U) << length;
    EXPECT_TRUE(messages[0].ends_with("\n\nFrom a\n")) << length;
  }
}

TEST(Mbox, LongLinesAreText) {
  for (const std::size_t quotes : {1U, 1001U, 4090U, 4091U, 4094U, 4095U, 4096U, 4097U, 10'000U}) {
    for (const char* text : {"From x\n", "Frox x\n", "\n", "From"}) {
      const std::string message = std::string(quotes, '>') + text + std::string(10'000, 'x');
      Collected sink;
      MboxReader reader(sink);
      ASSERT_TRUE(reader.write(quoted(message, quotes / 2)));
      ASSERT_TRUE(reader.finish());
      ASSERT_EQ(sink.messages.size(), 1U);
      EXPECT_TRUE(sink.messages[0] == message + "\n") << quotes << text;
    }
  }
}

}  // namespace
}  // namespace restante::archive
