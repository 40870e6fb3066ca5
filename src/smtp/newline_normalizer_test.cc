// The normalizer alone, and within the receiver: every short message over CR, LF, dot and a letter,
// cut anywhere, against a slow model that sees the message whole.
#include "smtp/newline_normalizer.h"

#include <gtest/gtest.h>

#include "smtp/message_receiver.h"

namespace restante::smtp {
namespace {

struct Taken {
  std::string wire;
  std::uint64_t octets = 0;
  bool ended = false;
  std::string rest;
  bool operator==(const Taken&) const = default;
};

void PrintTo(const Taken& taken, std::ostream* out) {
  *out << testing::PrintToString(taken.wire) << " octets " << taken.octets << " ended "
       << taken.ended << " rest " << testing::PrintToString(taken.rest);
}

// One line of a message as a person would read it.
struct Line {
  std::string text;
  bool after_lf = false;  // The line before it ended in a bare LF.
};

std::vector<Line> lines_of(std::string_view message) {
  std::vector<Line> out;
  bool after_lf = false;
  while (!message.empty()) {
    const std::size_t lf = message.find('\n');
    std::string text(message.substr(0, lf));
    message.remove_prefix(std::min(lf, message.size() - 1) + 1);
    std::size_t crs = 0;
    while (crs < 2 && text.ends_with('\r')) {
      text.pop_back();
      ++crs;
    }
    std::replace(text.begin(), text.end(), '\r', ' ');
    out.push_back({text, after_lf});
    after_lf = crs == 0;
  }
  return out;
}

void add(const std::string& content, Taken& out) {
  out.wire += (content.starts_with('.') ? "." : "") + content + "\r\n";
  out.octets += content.size() + 2;
}

Taken model_of_data(std::string_view stream) {
  Taken out;
  const std::string whole = "\r\n" + std::string(stream);
  const std::size_t end = whole.find("\r\n.\r\n");
  if (end == std::string::npos) return out;
  out.ended = true;
  out.rest = whole.substr(end + 5);
  for (const Line& line : lines_of(std::string_view(whole).substr(2, end))) {
    const bool is_text = line.after_lf ? !line.text.starts_with("..") : line.text == ".";
    if (is_text || !line.text.starts_with('.')) {
      add(line.text, out);
    } else {  // Stuffed by the sender, and stored as it came.
      out.wire += line.text + "\r\n";
      out.octets += line.text.size() + 1;
    }
  }
  return out;
}

Taken model_of_bdat(std::string message) {
  Taken out;
  out.ended = true;
  if (!message.empty() && !message.ends_with('\n')) message += "\r\n";
  for (const Line& line : lines_of(message)) add(line.text, out);
  return out;
}

class Repair : public testing::Test {
 protected:
  Repair() { settings_.message_bytes_max = 1000; }

  // False: more is needed.
  static bool run(MessageReceiver& receiver, std::string_view& input, Taken& out) {
    for (;;) {
      const WireStep step = receiver.next(input);
      if (step.kind == WireStep::Kind::kEnd) return true;
      if (step.kind == WireStep::Kind::kNeedInput) return false;
      out.wire += step.bytes;
    }
  }
  Taken data(std::string_view stream, std::size_t cut) {
    MessageReceiver receiver(settings_);
    receiver.begin_data();
    Taken out;
    for (const std::string_view part : {stream.substr(0, cut), stream.substr(cut)}) {
      const std::vector<char> copy(part.begin(), part.end());
      std::string_view input(copy.data(), copy.size());
      if (!out.ended) out.ended = run(receiver, input, out);
      if (out.ended) out.rest += input;
    }
    if (!out.ended) return {};
    out.octets = receiver.octets();
    return out;
  }
  // In two chunks.
  Taken bdat(std::string_view message, std::size_t cut) {
    MessageReceiver receiver(settings_);
    Taken out;
    for (const bool last : {false, true}) {
      const std::string_view part = last ? message.substr(cut) : message.substr(0, cut);
      const std::vector<char> copy(part.begin(), part.end());
      std::string_view input(copy.data(), copy.size());
      receiver.begin_chunk({part.size(), last});
      EXPECT_TRUE(run(receiver, input, out));
    }
    out.ended = true;
    out.octets = receiver.octets();
    return out;
  }

  ServerSettings settings_;
};

// Calls `look` with every text of up to `length` octets.
template <typename Look>
void each_text(std::size_t length, std::string& text, Look look) {
  look(text);
  if (text.size() == length) return;
  for (const char c : {'\r', '\n', '.', 'a'}) {
    text += c;
    each_text(length, text, look);
    text.pop_back();
  }
}

constexpr std::size_t kLength = 7;
constexpr std::size_t kCutLength = 6;  // At every place: slow under sanitizers.

TEST_F(Repair, OfDataIsTheModelOnEveryShortStream) {
  std::string text;
  each_text(kCutLength, text, [this](const std::string& body) {
    const std::string stream = body + "\r\n.\r\nNEXT";
    const Taken expected = model_of_data(stream);
    for (std::size_t cut = 0; cut <= body.size() + 5 && !HasFailure(); ++cut)
      ASSERT_EQ(data(stream, cut), expected) << testing::PrintToString(body) << " cut " << cut;
  });
}

TEST_F(Repair, OfBdatIsTheModelOnEveryShortMessage) {
  std::string text;
  each_text(kCutLength, text, [this](const std::string& message) {
    const Taken expected = model_of_bdat(message);
    for (std::size_t cut = 0; cut <= message.size() && !HasFailure(); ++cut)
      ASSERT_EQ(bdat(message, cut), expected) << testing::PrintToString(message) << " cut " << cut;
  });
}

TEST_F(Repair, OctetByOctetNothingButCrlfDotCrlfEndsAMessage) {
  std::string text;
  each_text(kLength, text, [this](const std::string& stream) {
    MessageReceiver receiver(settings_);
    receiver.begin_data();
    Taken out;
    std::string_view rest = stream;
    while (!rest.empty() && !out.ended) {
      std::string_view input = rest.substr(0, 1);
      out.ended = run(receiver, input, out);
      rest.remove_prefix(1);
    }
    const Taken expected = model_of_data(stream);
    ASSERT_EQ(out.ended, expected.ended) << testing::PrintToString(stream);
    if (!out.ended) return;
    out.rest = rest;
    out.octets = receiver.octets();
    ASSERT_EQ(out, expected) << testing::PrintToString(stream);
  });
}

TEST_F(Repair, LeavesOrdinaryMailWhereItIs) {
  const std::string text = "A: b\r\n\r\n..line\r\nend\r\n";
  MessageReceiver receiver(settings_);
  receiver.begin_data();
  std::string_view input = text;
  EXPECT_EQ(receiver.next(input).bytes.data(), text.data());
}

TEST(NewlineNormalizer, SaysWhatIsAndWhatIsNoOctet) {
  NewlineNormalizer data(BehindLf::kMayBeStuffed);
  const WireStep step = data.apply("a\n..b\n.c\r");
  EXPECT_EQ(step.bytes, "a\r\n..b\r\n..c");
  EXPECT_EQ(step.octets, 9U);
  EXPECT_TRUE(data.holds());
  EXPECT_EQ(data.apply("\n").bytes, "\r\n");
  NewlineNormalizer bdat(BehindLf::kText);
  EXPECT_EQ(bdat.apply("a\n..b\n").bytes, "a\r\n...b\r\n");
}

}  // namespace
}  // namespace restante::smtp
