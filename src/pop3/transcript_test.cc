// Replays tests/transcripts/pop3/*.txt (the format is described in README.md there) against the
// server session: whole, byte by byte, split at each position, and cut off after each line.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/numbers.h"
#include "pop3/memory_driver.h"

namespace restante::pop3 {
namespace {

/// Fewer files mean that the folder was not found, or that some were lost.
constexpr std::size_t kTranscriptsMin = 93;

struct Transcript {
  std::string name;
  MemoryWorld world;
  std::vector<std::vector<std::string>> phases{
      {}};               ///< What the client sends; a phase ends in TLS.
  std::string expected;  ///< Everything that the server sends.
  std::vector<MessageNumber> deleted;
  bool closes = false;
  std::string mistake;  ///< In the file itself.
};

int hex_value(char c) {
  const std::string_view digits = "0123456789abcdef";
  const std::size_t at = digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// The text with \r \n \t \0 \s \\ \xHH and \{N*text} resolved; std::nullopt for anything else.
std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t plain = text.find('\\');
    out.append(text.substr(0, plain));
    if (plain == std::string_view::npos) break;
    text.remove_prefix(plain + 1);
    if (text.empty()) return std::nullopt;
    const char kind = text.front();
    text.remove_prefix(1);
    const std::string_view kinds = "rnt0s\\";
    if (const std::size_t at = kinds.find(kind); at != std::string_view::npos) {
      out += std::string_view("\r\n\t\0 \\", 6)[at];
    } else if (kind == 'x' && text.size() >= 2 && hex_value(text[0]) >= 0 &&
               hex_value(text[1]) >= 0) {
      out += static_cast<char>(hex_value(text[0]) * 16 + hex_value(text[1]));
      text.remove_prefix(2);
    } else if (kind == '{') {
      const std::size_t star = text.find('*');
      const std::size_t end = text.find('}');
      if (star == std::string_view::npos || end == std::string_view::npos) return std::nullopt;
      const auto times = parse_decimal<std::uint32_t>(text.substr(0, star));
      if (!times) return std::nullopt;
      const auto part = unescape(text.substr(star + 1, end - star - 1));
      if (!part) return std::nullopt;
      for (std::uint32_t i = 0; i < *times; ++i) out.append(*part);
      text.remove_prefix(end + 1);
    } else {
      return std::nullopt;
    }
  }
  return out;
}

bool apply_mechanisms(ServerSettings& settings, const std::string& value) {
  settings.mechanisms = {};
  std::istringstream names(value);
  for (std::string name; names >> name;) {
    const auto* const found = sasl::find_server_mechanism(name);
    if (found == nullptr) return false;
    settings.mechanisms.add(found->id);
  }
  return true;
}

bool apply_setting(MemoryWorld& world, std::string_view key, const std::string& value) {
  ServerSettings& settings = world.settings;
  const auto number = parse_decimal<std::uint32_t>(value);
  if (key == "channel") {
    world.channel.tls = value.find("tls") == 0;
    world.channel.stls_available = value.find("stls") != std::string::npos;
    world.channel.plaintext_allowed = value.find("plaintext") != std::string::npos;
    world.channel.may_name_client = value.find("proxy") != std::string::npos;
    world.channel.client_certificate = value.find("certificate") != std::string::npos;
    if (value.find("bound") != std::string::npos)
      world.channel.bindings = {{"tls-exporter", "exported"}, {"tls-unique", "finished"}};
  } else if (key == "implementation") {
    settings.implementation = value;
  } else if (key == "apop") {
    settings.apop_enabled = true;
    settings.apop_timestamp = value;
  } else if (key == "stamp") {
    settings.apop_timestamp = value;
  } else if (key == "mechanisms") {
    return apply_mechanisms(settings, value);
  } else if (key == "last") {
    settings.last_enabled = true;
  } else if (key == "expire" && number) {
    world.expire.days = *number;
    world.own_expire_days = *number;
  } else if (key == "own-expire" && number) {
    world.expire.per_user = true;
    world.own_expire_days = *number;
  } else if (key == "login-delay" && number) {
    settings.login_delay_seconds = *number;
  } else if (key == "utf8-mail" && value == "refuse") {
    settings.utf8_policy = Utf8Policy::kRefuse;
  } else {
    return false;
  }
  return true;
}

bool apply_world(MemoryWorld& world, std::string_view key, const std::string& value) {
  if (key == "account") {
    const std::size_t colon = value.find(':');
    world.accounts[value.substr(0, colon)] = value.substr(colon + 1);
  } else if (key == "certificate") {
    world.certificate = value;
  } else if (key == "nonce") {
    world.nonce = value;
  } else if (key == "salt") {
    world.salt = sasl::decode_base64(value).value_or("");
  } else if (key == "login") {
    const std::map<std::string, LoginFailure> failures = {{"in-use", LoginFailure::kInUse},
                                                          {"too-soon", LoginFailure::kTooSoon},
                                                          {"temporary", LoginFailure::kTemporary},
                                                          {"permanent", LoginFailure::kPermanent}};
    const auto found = failures.find(value);
    if (found == failures.end()) return false;
    world.login_failure = found->second;
  } else if (key == "message") {
    const std::size_t space = value.find(' ');
    if (space == std::string::npos) return false;
    world.maildrop.messages.emplace_back(value.substr(0, space), value.substr(space + 1));
  } else if (key == "unreadable" && !world.maildrop.messages.empty()) {
    world.maildrop.messages.back().unreadable = value == "damaged" ? Errc::kCorrupt : Errc::kIo;
  } else if (key == "commit" && value == "fails") {
    world.commit_fails = true;
  } else {
    return apply_setting(world, key, value);
  }
  return true;
}

bool apply_end(Transcript& transcript, std::string_view key, const std::string& value) {
  if (key == "tls") {
    transcript.phases.emplace_back();
  } else if (key == "close") {
    transcript.closes = true;
  } else if (key == "deleted") {
    std::istringstream numbers(value);
    for (std::uint32_t number = 0; numbers >> number;)
      transcript.deleted.push_back(MessageNumber{number});
  } else {
    return apply_world(transcript.world, key, value);
  }
  return true;
}

bool apply_line(Transcript& transcript, std::string_view line) {
  if (line.empty() || line.starts_with('#')) return true;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view key = line.substr(0, colon);
  const std::string_view rest = line.substr(colon + 1);
  const auto value = unescape(rest.starts_with(' ') ? rest.substr(1) : rest);
  if (!value) return false;
  if (key == "C")
    transcript.phases.back().push_back(*value + "\r\n");
  else if (key == "C+")
    transcript.phases.back().push_back(*value);
  else if (key == "S")
    transcript.expected += *value + "\r\n";
  else
    return apply_end(transcript, key, *value);
  return true;
}

Transcript load(const std::filesystem::path& path) {
  Transcript transcript;
  transcript.name = path.stem().string();
  transcript.world.settings.hostname = "mail.test";
  transcript.world.channel = {.plaintext_allowed = true};
  std::ifstream file(path);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number)
    if (!apply_line(transcript, line) && transcript.mistake.empty())
      transcript.mistake = "line " + std::to_string(number) + ": " + line;
  if (transcript.expected.empty()) transcript.mistake += " no S: line";
  return transcript;
}

std::vector<Transcript> load_all() {
  const std::filesystem::path folder =
      std::filesystem::path(RESTANTE_SOURCE_DIR) / "tests/transcripts/pop3";
  std::vector<Transcript> all;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".txt") all.push_back(load(entry.path()));
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

std::string join(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line;
  return all;
}

/// Feeds each phase by `feed(driver, bytes)` and checks everything that came of it.
void replay(const Transcript& transcript,
            const std::function<void(MemoryDriver&, std::string_view)>& feed) {
  MemoryDriver driver(transcript.world);
  for (std::size_t i = 0; i < transcript.phases.size(); ++i) {
    if (i > 0) {
      ASSERT_TRUE(driver.wants_tls()) << "after: " << driver.sent();
      driver.start_tls();
    }
    feed(driver, join(transcript.phases[i]));
  }
  ASSERT_EQ(driver.sent(), transcript.expected);
  ASSERT_EQ(driver.closed(), transcript.closes);
  ASSERT_FALSE(driver.wants_tls());
  ASSERT_LE(driver.commits().size(), 1U);
  const auto deleted =
      driver.commits().empty() ? std::vector<MessageNumber>{} : driver.commits()[0];
  ASSERT_EQ(deleted, transcript.deleted);
}

/// Feeds the lines before `end` (counted over all phases), then the connection is gone.
void replay_cut_off(const Transcript& transcript, std::size_t end) {
  MemoryDriver driver(transcript.world);
  std::string last_line;
  std::size_t fed = 0;
  for (const auto& phase : transcript.phases) {
    if (fed < end && driver.wants_tls()) driver.start_tls();
    for (const std::string& line : phase) {
      if (fed++ >= end || driver.wants_tls()) continue;
      if (!driver.closed()) last_line = line;
      driver.feed(line);
    }
  }
  ASSERT_TRUE(transcript.expected.starts_with(driver.sent())) << driver.sent();
  if (!driver.commits().empty()) {
    ASSERT_TRUE(starts_with_ignore_case(last_line, "QUIT")) << last_line;
    ASSERT_TRUE(driver.closed());
  }
}

/// Every position, but in long sessions only those near a line end and some between.
bool worth_a_cut(std::string_view text, std::size_t position) {
  constexpr std::size_t kLong = 4096;
  constexpr std::size_t kStride = 97;
  if (text.size() < kLong || position % kStride == 0) return true;
  return text.substr(position - std::min<std::size_t>(position, 4), 8).find_first_of("\r\n") !=
         std::string_view::npos;
}

TEST(Transcripts, AreThereAndWellFormed) {
  const auto all = load_all();
  EXPECT_GE(all.size(), kTranscriptsMin);
  for (const Transcript& transcript : all) EXPECT_EQ(transcript.mistake, "") << transcript.name;
}

TEST(Transcripts, HoldWhenEverythingComesAtOnce) {
  for (const Transcript& transcript : load_all()) {
    SCOPED_TRACE(transcript.name);
    replay(transcript, [](MemoryDriver& driver, std::string_view bytes) { driver.feed(bytes); });
  }
}

TEST(Transcripts, HoldByteByByte) {
  for (const Transcript& transcript : load_all()) {
    SCOPED_TRACE(transcript.name);
    replay(transcript, [](MemoryDriver& driver, std::string_view bytes) {
      for (std::size_t i = 0; i < bytes.size() && !driver.wants_tls(); ++i)
        driver.feed(bytes.substr(i, 1));
    });
  }
}

TEST(Transcripts, HoldSplitAtEachPosition) {
  for (const Transcript& transcript : load_all()) {
    SCOPED_TRACE(transcript.name);
    std::string longest;
    for (const auto& phase : transcript.phases)
      if (const std::string all = join(phase); all.size() > longest.size()) longest = all;
    for (std::size_t cut = 1; cut < longest.size(); ++cut) {
      if (!worth_a_cut(longest, cut)) continue;
      replay(transcript, [cut](MemoryDriver& driver, std::string_view bytes) {
        driver.feed(bytes.substr(0, cut));
        if (cut < bytes.size() && !driver.wants_tls()) driver.feed(bytes.substr(cut));
      });
    }
  }
}

TEST(Transcripts, DeleteNothingWhenCutOffBeforeQuit) {
  for (const Transcript& transcript : load_all()) {
    SCOPED_TRACE(transcript.name);
    std::size_t lines = 0;
    for (const auto& phase : transcript.phases) lines += phase.size();
    for (std::size_t end = 0; end <= lines; ++end) replay_cut_off(transcript, end);
  }
}

}  // namespace
}  // namespace restante::pop3
