#include "programs/starter.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

namespace restante::programs {
namespace {

std::string all_of(const Started& started) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = ::read(started.output.number(), buffer.data(), buffer.size());
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

TEST(Starter, PutsWordsBehindThoseOfTheBeginning) {
  const auto starter = Starter::fork_off({"/bin/sh", "-c", R"(printf '%s.' "$@"; exit 3)", "sh"});
  ASSERT_TRUE(starter);
  for (const char* const word : {"two words", "$(id)"}) {
    const auto started = starter->start({word, "b"});
    ASSERT_TRUE(started);
    EXPECT_EQ(all_of(*started), std::string(word) + ".b.");
    EXPECT_EQ(exit_code_of(*started), 3);
  }
}

TEST(Starter, SaysHowAProgramHasEnded) {
  const auto starter = Starter::fork_off({"/bin/sh", "-c"});
  ASSERT_TRUE(starter);
  EXPECT_EQ(exit_code_of(*starter->start({"kill -9 $$"})), 137);
  const auto absent = Starter::fork_off({"/no/such/program"});
  const auto started = absent->start({"x"});
  EXPECT_EQ(all_of(*started), "");
  EXPECT_EQ(exit_code_of(*started), 127);
}

TEST(Starter, StartsSeveralAtATime) {
  const auto starter = Starter::fork_off({"/bin/cat"});
  const auto first = starter->start({"/dev/zero"});
  const auto second = starter->start({"/dev/null"});
  EXPECT_EQ(exit_code_of(*second), 0);
  char octet = 'x';
  EXPECT_EQ(::read(first->output.number(), &octet, 1), 1);
}

TEST(Starter, LetsNothingRunThatNobodyHears) {
  const auto starter = Starter::fork_off({"/bin/cat"});
  auto started = starter->start({"/dev/zero"});
  started->output.reset();
  EXPECT_EQ(exit_code_of(*started), 128 + SIGPIPE);
}

TEST(Starter, RefusesMoreThanARequestHolds) {
  const auto starter = Starter::fork_off({"/bin/true"});
  const auto refused = starter->start({std::string(70000, 'x')});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kLimit);
}

}  // namespace
}  // namespace restante::programs
