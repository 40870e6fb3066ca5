// Replays every script of tests/transcripts/smtp: in step, whole, byte by byte, split at each
// position, and with the connection cut after each byte.
#include "smtp/transcript.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::smtp {
namespace {

using Kind = Transcript::Kind;

const std::filesystem::path kFolder =
    std::filesystem::path(RESTANTE_SOURCE_DIR) / "tests/transcripts/smtp";

std::vector<std::filesystem::path> scripts() {
  std::vector<std::filesystem::path> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder, none))
    if (entry.path().extension() == ".txt") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

std::string joined(const Transcript& script, Kind kind) {
  std::string out;
  for (const auto& line : script.lines)
    if (line.kind == kind) out += line.bytes;
  return out;
}

// The mails of a driver as the script's D and M lines say them.
std::string deliveries(const MemoryDriver& driver) {
  std::string out;
  for (const auto& mail : driver.mails()) out += describe(mail.request) + "\n" + mail.wire;
  return out;
}

std::string expected_deliveries(const Transcript& script) {
  std::string out;
  for (const auto& line : script.lines) {
    if (line.kind == Kind::kMail) out += line.bytes + "\n";
    if (line.kind == Kind::kBody) out += line.bytes;
  }
  return out;
}

// What the client sends between two handshakes.
std::vector<std::string> segments(const Transcript& script) {
  std::vector<std::string> out(1);
  for (const auto& line : script.lines) {
    if (line.kind == Kind::kClient) out.back() += line.bytes;
    if (line.kind == Kind::kTls) out.emplace_back();
  }
  return out;
}

// Feeds bytes in pieces that live no longer than the call: a view kept by mistake is found by the
// address sanitizer.
void feed_copy(MemoryDriver& driver, std::string_view bytes) {
  const std::vector<char> copy(bytes.begin(), bytes.end());
  driver.feed(std::string_view(copy.data(), copy.size()));
}

// Replays with each segment cut by `cut`, which feeds it.
template <typename Cut>
void replay(const Transcript& script, Cut cut) {
  MemoryDriver driver = script.driver();
  const auto parts = segments(script);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) {
      ASSERT_TRUE(driver.tls_wanted());
      driver.handshake();
    }
    cut(driver, parts[i]);
  }
  EXPECT_EQ(driver.sent(), joined(script, Kind::kServer));
  EXPECT_EQ(deliveries(driver), expected_deliveries(script));
}

class Transcripts : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void SetUp() override {
    script_ = read_transcript(GetParam());
    ASSERT_THAT(script_.mistakes, testing::IsEmpty());
    ASSERT_FALSE(script_.lines.empty());
  }
  Transcript script_;
};

TEST_P(Transcripts, InStep) {
  MemoryDriver driver = script_.driver();
  std::size_t read = 0;
  std::size_t mails = 0;
  for (const auto& line : script_.lines) {
    SCOPED_TRACE("line " + std::to_string(line.number));
    const std::string sent = driver.sent();
    switch (line.kind) {
      case Kind::kClient: feed_copy(driver, line.bytes); break;
      case Kind::kServer:
        ASSERT_EQ(sent.substr(read, sent.find('\n', read) + 1 - read), line.bytes);
        read += line.bytes.size();
        break;
      case Kind::kMail:
        ASSERT_LT(mails, driver.mails().size());
        ASSERT_EQ(describe(driver.mails()[mails++].request), line.bytes);
        break;
      case Kind::kBody: break;
      case Kind::kTls:
        ASSERT_EQ(sent.size(), read);
        ASSERT_TRUE(driver.tls_wanted());
        driver.handshake();
        break;
      case Kind::kClosed: ASSERT_TRUE(driver.closed()); break;
    }
  }
  EXPECT_EQ(driver.sent().size(), read);
  const bool closes = script_.lines.back().kind == Kind::kClosed;
  EXPECT_EQ(driver.closed(), closes);
}

TEST_P(Transcripts, Whole) {
  replay(script_, [](MemoryDriver& driver, std::string_view part) { feed_copy(driver, part); });
}

TEST_P(Transcripts, ByteByByte) {
  replay(script_, [](MemoryDriver& driver, std::string_view part) {
    for (std::size_t i = 0; i < part.size(); ++i) feed_copy(driver, part.substr(i, 1));
  });
}

// In the middle of a very long script, which is long by repetition, every 13th position will do.
bool is_tried(std::size_t cut, std::size_t length) {
  constexpr std::size_t kEdge = 1500;
  return cut < kEdge || cut + kEdge > length || cut % 13 == 0;
}

TEST_P(Transcripts, SplitAtEachPosition) {
  std::size_t longest = 0;
  for (const auto& part : segments(script_)) longest = std::max(longest, part.size());
  for (std::size_t cut = 1; cut < longest && !HasFailure(); ++cut) {
    if (!is_tried(cut, longest)) continue;
    SCOPED_TRACE("split at " + std::to_string(cut));
    replay(script_, [cut](MemoryDriver& driver, std::string_view part) {
      const std::size_t at = std::min(cut, part.size());
      feed_copy(driver, part.substr(0, at));
      feed_copy(driver, part.substr(at));
    });
  }
}

// Consecutive lines of the client's: they may be on their way together.
struct Group {
  std::string bytes;
  bool ends_in_dot = false;  // The last line is the dot that ends a message.
  std::size_t mails = 0;     // Due when all of it has come.
  bool after_tls = false;
};

std::vector<Group> groups(const Transcript& script) {
  std::vector<Group> out;
  Kind previous = Kind::kServer;
  bool after_tls = false;
  for (const auto& line : script.lines) {
    if (line.kind == Kind::kClient) {
      if (previous != Kind::kClient) out.push_back({{}, false, 0, std::exchange(after_tls, false)});
      out.back().bytes += line.bytes;
      out.back().ends_in_dot = line.bytes == ".\r\n";
    }
    if (line.kind == Kind::kMail) ++out.back().mails;
    if (line.kind == Kind::kTls) after_tls = true;
    previous = line.kind;
  }
  return out;
}

// A dropped connection delivers nothing that was not due: wherever the client's bytes stop, only
// mails whose end has come were delivered.
TEST_P(Transcripts, CutAfterEachByte) {
  MemoryDriver driver = script_.driver();
  std::size_t due = 0;
  for (const Group& group : groups(script_)) {
    if (group.after_tls) driver.handshake();
    const std::size_t before = std::exchange(due, due + group.mails);
    for (std::size_t at = 0; at + 1 < group.bytes.size(); ++at) {
      feed_copy(driver, group.bytes.substr(at, 1));
      const std::size_t most = group.ends_in_dot && group.mails > 0 ? due - 1 : due;
      ASSERT_GE(driver.mails().size(), before);
      ASSERT_LE(driver.mails().size(), most) << group.bytes.substr(0, at + 1);
    }
    feed_copy(driver, group.bytes.substr(group.bytes.size() - 1));
    ASSERT_EQ(driver.mails().size(), due) << group.bytes;
  }
}

INSTANTIATE_TEST_SUITE_P(Smtp, Transcripts, testing::ValuesIn(scripts()), [](const auto& info) {
  std::string name = info.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !is_alpha(c) && !is_digit(c); }, '_');
  return name;
});

TEST(TranscriptFolder, HoldsScripts) { EXPECT_FALSE(scripts().empty()) << kFolder; }

}  // namespace
}  // namespace restante::smtp
