#include "fetch/session/lf_body.h"

#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

class Text final : public MessageSink {
 public:
  Status write(std::string_view octets) override {
    text += octets;
    return ok();
  }
  std::string text;
};

struct Outcome {
  std::string text;
  std::uint64_t octets = 0;
  bool fits = false;
};

/// In pieces of that size.
Outcome run(std::string_view input, std::size_t step, bool by_lf,
            std::optional<std::uint64_t> listed) {
  Text sink;
  LfBody body(sink);
  for (std::size_t at = 0; at < input.size(); at += step)
    EXPECT_TRUE(body.write(input.substr(at, step)));
  Outcome out;
  out.fits = body.fits(listed);
  EXPECT_TRUE(body.finish(by_lf, listed));
  out.text = sink.text;
  out.octets = body.octets();
  EXPECT_EQ(out.octets, out.text.size());
  return out;
}

TEST(LfBody, IsWhatCame) {
  for (const std::string_view input : {"a\r\nb\r\n", "a\nb\n", "a\r\n.b\r\n", "\n", "a\n.", ""})
    for (std::size_t step = 1; step < 5; ++step)
      EXPECT_EQ(run(input, step, /*by_lf=*/true, std::nullopt).text, input) << step;
}

TEST(LfBody, StuffingBehindLfIsUndoneWhereTheMessageEndsSo) {
  constexpr std::string_view kInput = "a\n..b\n...\n..";
  for (std::size_t step = 1; step <= kInput.size(); ++step) {
    EXPECT_EQ(run(kInput, step, true, std::nullopt).text, "a\n.b\n..\n.") << step;
    EXPECT_EQ(run(kInput, step, false, std::nullopt).text, kInput) << step;
    // LIST knows of a server that puts no dots before dots.
    EXPECT_EQ(run(kInput, step, true, kInput.size()).text, kInput) << step;
  }
}

TEST(LfBody, TwoDotsBehindCrlfStayWhereverThePiecesEnd) {
  constexpr std::string_view kInput = "x\r\n..a\n..b\n";
  for (std::size_t step = 1; step <= kInput.size(); ++step)
    EXPECT_EQ(run(kInput, step, true, std::nullopt).text, "x\r\n..a\n.b\n") << step;
}

TEST(LfBody, ListMayHaveCountedInFourWays) {
  constexpr std::string_view kInput = "a\n..b\r\nc\n";  // 2 bare LFs, 1 dot more than there was.
  const std::uint64_t size = kInput.size();
  for (std::size_t step = 1; step <= kInput.size(); ++step)
    for (std::uint64_t listed = size - 3; listed <= size + 3; ++listed) {
      const bool expected =
          listed == size || listed == size + 2 || listed == size - 1 || listed == size + 1;
      EXPECT_EQ(run(kInput, step, true, listed).fits, expected) << step << " " << listed;
    }
  EXPECT_FALSE(run(kInput, 1, true, std::nullopt).fits);
}

}  // namespace
}  // namespace restante::fetch
